package io.conclave.node;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops the member when the JVM is asked to end (SIGTERM, SIGINT, {@link System#exit}): open
 * watches end, requests in progress are answered, the journal is sealed. Within two seconds in all;
 * what takes longer is cut off, which is as safe as {@code kill -9}.
 */
final class Shutdown implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);
  private static final Duration PATIENCE = Duration.ofMillis(1500);

  private final ActorSystem<NodeGuardian.Command> system;

  private Shutdown(ActorSystem<NodeGuardian.Command> system) {
    this.system = system;
  }

  static void register(ActorSystem<NodeGuardian.Command> system) {
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(new Shutdown(system)));
  }

  @Override
  public void run() {
    if (system.getWhenTerminated().toCompletableFuture().isDone()) {
      return;
    }
    LOG.info("stopping");
    try {
      AskPattern.<NodeGuardian.Command, Done>ask(
              system, NodeGuardian.Stop::new, PATIENCE, system.scheduler())
          .toCompletableFuture()
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      LOG.info("stopped");
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("stopping took too long, the rest is cut off");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
