package io.conclave.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Says on a port of its own what a member of etcd 2.3.8 says on its peer port. */
final class PeerAnswering implements AutoCloseable {
  static final String CLUSTER_ID = "fedcba9876543210";

  private final HttpServer server;
  private String members = "[]";
  private String version = "{\"etcdserver\":\"2.3.8\",\"etcdcluster\":\"2.3.0\"}";

  PeerAnswering() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    serve("/members", () -> members);
    serve("/version", () -> version);
    server.start();
  }

  private interface Text {
    String get();
  }

  void members(String json) {
    members = json;
  }

  void version(String json) {
    version = json;
  }

  int port() {
    return server.getAddress().getPort();
  }

  String url() {
    return "http://127.0.0.1:" + port();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void serve(String path, Text body) {
    server.createContext(
        path,
        exchange -> {
          byte[] bytes = body.get().getBytes(UTF_8);
          exchange.getResponseHeaders().set("X-Etcd-Cluster-Id", CLUSTER_ID);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }
}
