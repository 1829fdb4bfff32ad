package io.conclave.http.keys;

import java.time.Duration;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.apache.pekko.util.ByteString;

/**
 * Sends a long body piece by piece, as the client takes it, and leaves its place in the {@link
 * AnswerRoom} with the last one. Handed over whole, it would lie in the connection's buffers where
 * nobody knows when it is gone. A client that takes nothing for long loses its connection, or a few
 * of them could keep all the room for themselves.
 */
final class LargeAnswer extends GraphStage<SourceShape<ByteString>> {
  private static final int PIECE_BYTES = 64 << 10;

  private final Outlet<ByteString> pieces = Outlet.create("LargeAnswer.pieces");
  private final SourceShape<ByteString> shape = SourceShape.of(pieces);
  private final ByteString body;
  private final AnswerRoom.Place place;
  private final Duration stallMax;

  /**
   * @param stallMax without a piece taken; the connection is cut before it has passed twice
   */
  LargeAnswer(ByteString body, AnswerRoom.Place place, Duration stallMax) {
    this.body = body;
    this.place = place;
    this.stallMax = stallMax;
  }

  @Override
  public SourceShape<ByteString> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  private enum Look {
    NOW
  }

  private final class Logic extends TimerGraphStageLogic {
    private int sent;
    private int sentAtLastLook;

    Logic() {
      super(shape);
      setHandler(
          pieces,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              sendNext();
            }
          });
    }

    @Override
    public void preStart() {
      scheduleAtFixedRate(Look.NOW, stallMax, stallMax);
    }

    @Override
    public void onTimer(Object look) {
      if (sent == sentAtLastLook) {
        failStage(new ReaderStalled());
      }
      sentAtLastLook = sent;
    }

    @Override
    public void postStop() {
      place.leave();
    }

    private void sendNext() {
      int end = Math.min(body.length(), sent + PIECE_BYTES);
      push(pieces, body.slice(sent, end));
      sent = end;
      if (sent == body.length()) {
        completeStage();
      }
    }
  }

  private static final class ReaderStalled extends RuntimeException {
    private static final long serialVersionUID = 1;

    ReaderStalled() {
      super("the client does not take its answer", null, false, false);
    }
  }
}
