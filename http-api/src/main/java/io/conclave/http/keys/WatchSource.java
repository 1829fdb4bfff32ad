package io.conclave.http.keys;

import io.conclave.http.StreamedBody;
import io.conclave.watch.WatchedEvent;
import java.io.IOException;
import java.util.function.Consumer;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;

/** Streams the lines of one watch into its response. */
final class WatchSource extends GraphStage<SourceShape<ByteString>> implements StreamedBody {
  /**
   * Of one chunk. A line is one, as in etcd, unless it is longer: what a slow reader has not asked
   * for stays here and counts.
   */
  private static final int PIECE_BYTES_MAX = 256 << 10;

  private final Outlet<ByteString> lines = Outlet.create("Watch.lines");
  private final SourceShape<ByteString> shape = SourceShape.of(lines);
  private final WatchQueue queue;
  private final Consumer<WatchQueue> forget;
  private volatile Runnable ended = () -> {};

  /**
   * @param forget told when the stream is over for whatever reason, on the stream's thread
   */
  WatchSource(WatchQueue queue, Consumer<WatchQueue> forget) {
    this.queue = queue;
    this.forget = forget;
  }

  @Override
  public void readerGone() {
    forget.accept(queue);
  }

  @Override
  public void whenEnded(Runnable runnable) {
    ended = runnable;
  }

  @Override
  public SourceShape<ByteString> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  private final class Logic extends GraphStageLogic {
    /** Of the line that is being sent. */
    private ByteString rest = ByteString.emptyByteString();

    private final AsyncCallback<WatchQueue> changed = createAsyncCallback(any -> deliver());

    Logic() {
      super(shape);
      setHandler(
          lines,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              deliver();
            }
          });
    }

    @Override
    public void preStart() {
      queue.attach(() -> changed.invoke(queue));
    }

    @Override
    public void postStop() {
      forget.accept(queue);
      ended.run();
    }

    private void deliver() {
      if (queue.isGivenUp()) {
        failStage(new IOException("the reader of a watch is too slow"));
        return;
      }
      if (isAvailable(lines)) {
        if (rest.isEmpty()) {
          rest = queue.poll().map(Logic::line).orElse(rest);
        }
        if (!rest.isEmpty()) {
          push(lines, rest.take(PIECE_BYTES_MAX));
          rest = rest.drop(PIECE_BYTES_MAX);
        }
      }
      if (rest.isEmpty() && queue.isFinished()) {
        completeStage();
      }
    }

    private static ByteString line(WatchedEvent event) {
      return ByteString.fromArrayUnsafe(event.encoded(V2Json::line).unsafeArray());
    }
  }
}
