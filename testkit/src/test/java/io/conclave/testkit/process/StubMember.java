package io.conclave.testkit.process;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A process that looks like a ready member and counts in its data directory how often it started.
 */
final class StubMember {
  private StubMember() {}

  public static void main(String[] words) throws IOException {
    List<String> arguments = List.of(words);
    Path data = Files.createDirectories(Path.of(arguments.get(0)));
    URI client = URI.create(arguments.get(1));
    Files.writeString(
        data.resolve("starts"), "x", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    System.out.println("started with " + arguments.subList(2, arguments.size()));
    if (arguments.contains("--fail")) {
      System.exit(3);
    }
    long index = Files.size(data.resolve("starts"));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(client.getHost(), client.getPort()), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().add("X-Etcd-Index", Long.toString(index));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
  }
}
