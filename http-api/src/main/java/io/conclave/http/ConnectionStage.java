package io.conclave.http;

import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;

/**
 * Answers the requests of one connection, one at a time, and makes the connection known while it is
 * open; to be run once. One stage does what would otherwise take three (a map, a kill switch, a
 * termination watch), because each costs every request.
 */
final class ConnectionStage extends GraphStage<FlowShape<HttpRequest, HttpResponse>> {
  private final Inlet<HttpRequest> requests = Inlet.create("Connection.requests");
  private final Outlet<HttpResponse> responses = Outlet.create("Connection.responses");
  private final FlowShape<HttpRequest, HttpResponse> shape = FlowShape.of(requests, responses);
  private final TargetedHandler handler;
  private final Connections connections;
  private ConnectionLogic logic;

  ConnectionStage(TargetedHandler handler, Connections connections) {
    this.handler = handler;
    this.connections = connections;
  }

  @Override
  public FlowShape<HttpRequest, HttpResponse> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    logic = new ConnectionLogic(shape, handler, connections);
    return logic;
  }

  /** Called on the thread of the running connection. */
  void peerClosed() {
    logic.peerClosed();
  }
}
