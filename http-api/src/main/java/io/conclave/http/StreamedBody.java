package io.conclave.http;

import org.apache.pekko.http.javadsl.model.AttributeKey;

/**
 * A body that is sent while it is made, as an attribute of its response: how the connection tells
 * the body that nobody reads it any more, and the body tells the connection that it is over.
 */
public interface StreamedBody {
  /** Where a response with such a body carries it. */
  AttributeKey<StreamedBody> KEY = AttributeKey.create("streamed-body", StreamedBody.class);

  /** The client has gone: the body ends as soon as it can. Any thread. */
  void readerGone();

  /**
   * Called once, before the body is sent.
   *
   * @param ended runs when the last byte has left, or the connection is gone
   */
  void whenEnded(Runnable ended);
}
