package io.conclave.http.keys;

import io.conclave.http.EtcdHeaders;
import io.conclave.http.Responses;
import io.conclave.http.StreamedBody;
import io.conclave.keyspace.tree.KeyEvent;
import io.conclave.keyspace.tree.V2Error;
import io.conclave.raft.core.LogPosition;
import java.util.function.Supplier;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/** The answers of the keys API with their headers (spec v2-keys §7). */
final class KeysAnswers {
  private final EtcdHeaders headers;
  private final AnswerRoom room;
  private final Supplier<LogPosition> raft;

  /**
   * @param raft the position to tell where an answer has none of its own
   */
  KeysAnswers(EtcdHeaders headers, AnswerRoom room, Supplier<LogPosition> raft) {
    this.headers = headers;
    this.room = room;
    this.raft = raft;
  }

  /** What a read found. */
  HttpResponse read(KeyEvent event, LogPosition position) {
    return success(200, event, position);
  }

  /** What a write did. */
  HttpResponse written(KeyEvent event, LogPosition position) {
    return success(event.created() ? 201 : 200, event, position);
  }

  HttpResponse error(V2Error error) {
    return error(error, headers);
  }

  static HttpResponse error(V2Error error, EtcdHeaders headers) {
    return Responses.of(
        error.code().httpStatus(),
        Responses.JSON,
        V2Json.error(error),
        headers.error(error.index()));
  }

  /**
   * @param storeIndex when the watch began
   */
  HttpResponse watching(long storeIndex, WatchSource lines) {
    return HttpResponse.create()
        .withHeaders(headers.success(storeIndex, raft.get()))
        .addAttribute(StreamedBody.KEY, lines)
        .withEntity(HttpEntities.create(Responses.JSON, Source.fromGraph(lines)));
  }

  private HttpResponse success(int status, KeyEvent event, LogPosition position) {
    if (V2Json.isWithin(AnswerRoom.SMALL_BYTES, event)) {
      return small(status, event, position);
    }
    long bytesMax = V2Json.bytesMax(event);
    if (bytesMax <= AnswerRoom.SMALL_BYTES) {
      return small(status, event, position);
    }
    return room.take(bytesMax)
        .map(place -> large(status, event, position, (int) bytesMax, place))
        .orElseGet(() -> refused(event, bytesMax));
  }

  private HttpResponse small(int status, KeyEvent event, LogPosition position) {
    return Responses.of(
        status, Responses.JSON, V2Json.event(event), headers.success(event.index(), position));
  }

  private HttpResponse large(
      int status, KeyEvent event, LogPosition position, int bytesMax, AnswerRoom.Place place) {
    ByteString body = V2Json.event(event, bytesMax);
    LargeAnswer pieces = new LargeAnswer(body, place, room.stallMax());
    room.leaveWhenForgotten(pieces, place);
    return Responses.of(
        status,
        Responses.JSON,
        body.length(),
        Source.fromGraph(pieces).mapMaterializedValue(none -> none),
        headers.success(event.index(), position));
  }

  /** A write is done all the same, and whoever sent it has to know. */
  private HttpResponse refused(KeyEvent event, long bytes) {
    boolean write = event.action() != KeyEvent.Action.GET;
    String cause = (write ? "the write is done, but: " : "") + room.cause(bytes);
    return error(V2Error.of(V2Error.Code.RAFT_INTERNAL, cause, event.index()));
  }
}
