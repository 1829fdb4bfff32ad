package io.conclave.http;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;

/** Asks the member through its access, which may refuse before anything is sent. */
public final class MemberAsk {
  /** Cause of a request that nobody answered. */
  private static final String TIMED_OUT = "etcdserver: request timed out";

  /** The member tells a better cause than we can: it gets the time to. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final ActorSystem<?> system;
  private final Duration timeout;

  public MemberAsk(ActorSystem<?> system, Duration timeout) {
    this.system = system;
    this.timeout = timeout;
  }

  /** One way into the member; returns the cause of a refusal. */
  @FunctionalInterface
  public interface Request<R> {
    Optional<String> send(long deadlineNanos, ActorRef<R> replyTo);
  }

  /**
   * @param failed makes an answer of a cause
   * @return completes with an answer in any case
   */
  public <R> CompletionStage<R> ask(Request<R> request, Function<String, R> failed) {
    long deadlineNanos = System.nanoTime() + timeout.toNanos();
    // The request goes through the member's access; the reference asked in form gets nothing to do.
    CompletionStage<R> reply =
        AskPattern.ask(
            system.<Object>ignoreRef(),
            replyTo -> {
              Optional<String> refusal = request.send(deadlineNanos, replyTo);
              refusal.ifPresent(cause -> replyTo.tell(failed.apply(cause)));
              return replyTo;
            },
            timeout.plus(PATIENCE),
            system.scheduler());
    // Scala's own stage would go on in the common pool: a change of threads for each request.
    return reply.handleAsync(
        (answer, noAnswer) -> noAnswer == null ? answer : failed.apply(TIMED_OUT), Runnable::run);
  }
}
