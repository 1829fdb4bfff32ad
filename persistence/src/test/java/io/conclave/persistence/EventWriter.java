package io.conclave.persistence;

import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.Props;
import org.apache.pekko.persistence.AbstractPersistentActor;
import org.apache.pekko.persistence.DeleteMessagesSuccess;
import org.apache.pekko.persistence.RecoveryCompleted;
import scala.Option;

/** A persistent actor that writes events of a given length and tells what happens. */
final class EventWriter extends AbstractPersistentActor {
  record Persist(int length) {}

  record PersistAll(int count, int length) {}

  record Delete(long upTo) {}

  record Recovered(long events) {}

  record NotRecovered(Throwable cause) {}

  record Persisted(long sequenceNr) {}

  record Failed(Throwable cause) {}

  private final ActorRef observer;
  private final String persistenceId;
  private long events;

  private EventWriter(ActorRef observer, String persistenceId) {
    this.observer = observer;
    this.persistenceId = persistenceId;
  }

  static Props props(ActorRef observer) {
    return props(observer, PersistenceSettings.PERSISTENCE_ID);
  }

  static Props props(ActorRef observer, String persistenceId) {
    return Props.create(EventWriter.class, () -> new EventWriter(observer, persistenceId));
  }

  @Override
  public String persistenceId() {
    return persistenceId;
  }

  @Override
  public Receive createReceiveRecover() {
    return receiveBuilder()
        .match(byte[].class, event -> events++)
        .match(RecoveryCompleted.class, done -> observer.tell(new Recovered(events), self()))
        .build();
  }

  @Override
  public Receive createReceive() {
    return receiveBuilder()
        .match(Persist.class, persist -> persistAsync(new byte[persist.length()], this::written))
        .match(PersistAll.class, all -> persistAllAsync(events(all), this::written))
        .match(Delete.class, delete -> deleteMessages(delete.upTo()))
        .match(DeleteMessagesSuccess.class, done -> observer.tell("deleted", self()))
        .build();
  }

  @Override
  public void onPersistFailure(Throwable cause, Object event, long sequenceNr) {
    observer.tell(new Failed(cause), self());
  }

  @Override
  public void onRecoveryFailure(Throwable cause, Option<Object> event) {
    observer.tell(new NotRecovered(cause), self());
  }

  private static List<byte[]> events(PersistAll all) {
    List<byte[]> events = new ArrayList<>();
    for (int i = 0; i < all.count(); i++) {
      events.add(new byte[all.length()]);
    }
    return events;
  }

  private void written(byte[] event) {
    observer.tell(new Persisted(lastSequenceNr()), self());
  }
}
