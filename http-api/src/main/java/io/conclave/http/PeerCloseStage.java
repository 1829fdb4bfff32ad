package io.conclave.http;

import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSession;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.BidiShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.TLSProtocol;
import org.apache.pekko.stream.TLSProtocol.SslTlsInbound;
import org.apache.pekko.stream.TLSProtocol.SslTlsOutbound;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;

/**
 * Passes bytes between a TCP connection and the HTTP layer, and tells when the client closes its
 * side. The HTTP layer keeps that to itself while it sends an answer, since a client may close
 * early and still read; but a watch would then stay open for ever.
 */
final class PeerCloseStage
    extends GraphStage<BidiShape<SslTlsOutbound, ByteString, ByteString, SslTlsInbound>> {
  /**
   * Bytes handed to Pekko's parser at once. It calls itself for each request in them and overflowed
   * the default stack of 1 MiB with 17 KiB of small requests, which ends the process.
   */
  private static final int PIECE_BYTES_MAX = 4096;

  /**
   * Pekko's parser only looks at it if it shall pass it on, and making a dummy loads all of TLS.
   */
  private static final SSLSession NO_SESSION = null;

  private final Inlet<SslTlsOutbound> answers = Inlet.create("PeerClose.answers");
  private final Outlet<ByteString> toPeer = Outlet.create("PeerClose.toPeer");
  private final Inlet<ByteString> fromPeer = Inlet.create("PeerClose.fromPeer");
  private final Outlet<SslTlsInbound> requests = Outlet.create("PeerClose.requests");
  private final BidiShape<SslTlsOutbound, ByteString, ByteString, SslTlsInbound> shape =
      BidiShape.of(answers, toPeer, fromPeer, requests);
  private final Runnable peerClosed;
  private final Runnable ended;

  /**
   * @param peerClosed runs when the client has closed its side, on the connection's own thread
   * @param ended runs when the connection is gone and all that was sent is with the kernel
   */
  PeerCloseStage(Runnable peerClosed, Runnable ended) {
    this.peerClosed = peerClosed;
    this.ended = ended;
  }

  @Override
  public BidiShape<SslTlsOutbound, ByteString, ByteString, SslTlsInbound> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  private final class Logic extends GraphStageLogic {
    Logic() {
      super(shape);
      setHandler(answers, new Answers());
      setHandler(toPeer, new ToPeer());
      setHandler(fromPeer, new FromPeer());
      setHandler(requests, new Requests());
    }

    @Override
    public void postStop() {
      ended.run();
    }

    private void readOn() {
      if (!isClosed(fromPeer) && !hasBeenPulled(fromPeer)) {
        pull(fromPeer);
      }
    }

    private final class Answers extends AbstractInHandler {
      @Override
      public void onPush() {
        if (grab(answers) instanceof TLSProtocol.SendBytes send) {
          push(toPeer, send.bytes());
        } else {
          pull(answers);
        }
      }

      /** The last bytes are on their way; the connection's own end follows. */
      @Override
      public void onUpstreamFinish() {
        complete(toPeer);
        if (isClosed(fromPeer)) {
          completeStage();
        } else if (isClosed(requests)) {
          readOn();
        }
      }
    }

    private final class ToPeer extends AbstractOutHandler {
      @Override
      public void onPull() {
        pull(answers);
      }
    }

    private final class FromPeer extends AbstractInHandler {
      @Override
      public void onPush() {
        ByteString bytes = grab(fromPeer);
        if (isClosed(requests)) {
          readOn();
        } else if (bytes.length() <= PIECE_BYTES_MAX) {
          push(requests, new TLSProtocol.SessionBytes(NO_SESSION, bytes));
        } else {
          emitMultiple(requests, pieces(bytes).iterator());
        }
      }

      private static List<SslTlsInbound> pieces(ByteString bytes) {
        List<SslTlsInbound> pieces = new ArrayList<>(bytes.length() / PIECE_BYTES_MAX + 1);
        ByteString rest = bytes;
        while (!rest.isEmpty()) {
          ByteString piece = rest.take(PIECE_BYTES_MAX);
          pieces.add(new TLSProtocol.SessionBytes(NO_SESSION, piece));
          rest = rest.drop(PIECE_BYTES_MAX);
        }
        return pieces;
      }

      @Override
      public void onUpstreamFinish() {
        complete(requests);
        peerClosed.run();
        if (isClosed(answers)) {
          completeStage();
        }
      }
    }

    private final class Requests extends AbstractOutHandler {
      @Override
      public void onPull() {
        pull(fromPeer);
      }

      /** The HTTP layer wants no more requests; what the client does still matters. */
      @Override
      public void onDownstreamFinish(Throwable cause) {
        readOn();
      }
    }
  }
}
