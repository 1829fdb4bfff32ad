package io.conclave.raft.peer;

import io.conclave.raft.core.MemberId;
import java.util.EnumMap;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;

/** How {@link PeerRegistry} reaches other systems. */
final class PeerPost {
  private final ActorContext<?> context;
  private final PeerDirectory directory;

  PeerPost(ActorContext<?> context, PeerDirectory directory) {
    this.context = context;
    this.directory = directory;
  }

  /** To the registry at {@code address}, by selection, which also lifts a quarantine. */
  void send(String address, Boot receiver, PeerMessage message) {
    Adapter.toClassic(context)
        .actorSelection(PeerAddress.path(address, PeerLane.REGISTRY_PATH))
        .tell(
            new PeerEnvelope(directory.origin(), receiver, 0, message),
            org.apache.pekko.actor.ActorRef.noSender());
  }

  PeerLink link(MemberId member, Boot boot, String address) {
    ActorRefResolver resolver = ActorRefResolver.get(context.getSystem());
    Map<PeerLane, ActorRef<PeerEnvelope>> targets = new EnumMap<>(PeerLane.class);
    for (PeerLane lane : PeerLane.values()) {
      targets.put(lane, resolver.resolveActorRef(PeerAddress.path(address, lane.path(boot))));
    }
    return new PeerLink(
        member, boot, directory::origin, (lane, envelope) -> targets.get(lane).tell(envelope));
  }
}
