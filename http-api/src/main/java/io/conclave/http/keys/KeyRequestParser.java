package io.conclave.http.keys;

import static io.conclave.http.keys.Parameter.DIR;
import static io.conclave.http.keys.Parameter.PREV_EXIST;
import static io.conclave.http.keys.Parameter.PREV_INDEX;
import static io.conclave.http.keys.Parameter.QUORUM;
import static io.conclave.http.keys.Parameter.RECURSIVE;
import static io.conclave.http.keys.Parameter.SORTED;
import static io.conclave.http.keys.Parameter.STREAM;
import static io.conclave.http.keys.Parameter.VALUE;
import static io.conclave.http.keys.Parameter.WAIT;
import static io.conclave.http.keys.Parameter.WAIT_INDEX;

import io.conclave.http.RequestTarget;
import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.Ttl;
import io.conclave.keyspace.tree.V2Error.Code;
import io.conclave.raft.core.Bytes;
import io.conclave.watch.WatchQuery;
import java.nio.charset.StandardCharsets;

/**
 * Turns a request to {@code /v2/keys} into what it asks for, or into the error that the first
 * failing check names (spec v2-keys §2 to §4). Pure: no clock, no store, one call per request.
 */
final class KeyRequestParser {
  /** What keys begin with in a request's path. */
  private static final int PREFIX_LENGTH = "/v2/keys".length();

  private final KeyLimits limits;

  KeyRequestParser(KeyLimits limits) {
    this.limits = limits;
  }

  /**
   * @param target below {@code /v2/keys}, clean
   * @param contentType text of the header, "" for none
   * @param body at most one byte more than the limit of a form
   */
  KeyRequest parse(KeyMethod method, RequestTarget target, String contentType, Bytes body) {
    Parameters parameters = new Parameters();
    String problem = readForm(method, contentType, body, parameters);
    if (!target.rawQuery().isEmpty()) {
      parameters.read(Bytes.adopt(target.rawQuery().getBytes(StandardCharsets.ISO_8859_1)));
    }
    Checks checks = new Checks(parameters);
    checks.fail(Code.INVALID_FORM, problem.isEmpty() ? parameters.problem() : problem);
    KeyRequest request = read(method, keyOf(target), parameters, checks);
    checkLimits(target, parameters, checks);
    return checks.error().<KeyRequest>map(KeyRequest.Invalid::new).orElse(request);
  }

  /** Returns what is wrong with the body as a whole, "" if nothing. */
  private String readForm(KeyMethod method, String contentType, Bytes body, Parameters parameters) {
    if (!method.readsForm()) {
      return "";
    }
    MediaType type = MediaType.parse(contentType);
    if (type.isForm()) {
      if (body.length() > limits.formBytesMax()) {
        return "http: POST too large";
      }
      parameters.read(body);
    }
    return type.problem();
  }

  private static KeyPath keyOf(RequestTarget target) {
    Bytes path = target.path();
    return path.length() == PREFIX_LENGTH
        ? KeyPath.ROOT
        : KeyPath.of(path.slice(PREFIX_LENGTH, path.length()));
  }

  /** The checks in the order of spec v2-keys §3; the caller looks at what failed first. */
  private static KeyRequest read(
      KeyMethod method, KeyPath key, Parameters parameters, Checks checks) {
    long prevIndex = checks.index(PREV_INDEX);
    long waitIndex = checks.index(WAIT_INDEX);
    boolean recursive = checks.flag(RECURSIVE);
    boolean sorted = checks.flag(SORTED);
    boolean wait = checks.flag(WAIT);
    boolean dir = checks.flag(DIR);
    boolean quorum = checks.flag(QUORUM);
    boolean stream = checks.flag(STREAM);
    if (wait && method != KeyMethod.GET) {
      checks.fail(Code.INVALID_FIELD, "\"wait\" can only be used with GET requests");
    }
    Bytes prevValue = checks.prevValue();
    Ttl ttl = checks.ttl();
    Checks.Tristate prevExist = checks.tristate(PREV_EXIST);
    boolean refresh = checks.refresh();

    Bytes value = parameters.get(VALUE).orElse(Bytes.EMPTY);
    return switch (method) {
      case HEAD -> new KeyRequest.Get(key, recursive, sorted, false);
      case GET ->
          wait && !quorum
              ? new KeyRequest.Watch(new WatchQuery(key, recursive, stream, waitIndex))
              : new KeyRequest.Get(key, recursive, sorted, quorum);
      case POST -> new KeyRequest.Write(new Command.CreateInOrder(key, value, dir, ttl));
      case PUT -> {
        var put = new Put(key, value, dir, ttl, refresh, condition(prevValue, prevIndex));
        yield new KeyRequest.Write(put.command(prevExist));
      }
      case DELETE -> {
        Command.Condition condition = condition(prevValue, prevIndex);
        yield new KeyRequest.Write(
            isGiven(condition)
                ? new Command.CompareAndDelete(key, condition)
                : new Command.Delete(key, dir, recursive));
      }
    };
  }

  private static Command.Condition condition(Bytes prevValue, long prevIndex) {
    return new Command.Condition(!prevValue.isEmpty(), prevValue, prevIndex);
  }

  private static boolean isGiven(Command.Condition condition) {
    return condition.hasPrevValue() || condition.prevIndex() != 0;
  }

  /** Our own limits come last, so that they never hide an error of etcd's. */
  private void checkLimits(RequestTarget target, Parameters parameters, Checks checks) {
    int keyBytes = target.path().length() - PREFIX_LENGTH;
    if (keyBytes > limits.keyBytesMax()) {
      checks.fail(Code.INVALID_FIELD, tooLarge("key", keyBytes, limits.keyBytesMax()));
    }
    int depth = keyBytes > limits.keyDepthMax() ? keyOf(target).depth() : 0;
    if (depth > limits.keyDepthMax()) {
      String text = "the key has %d components, the limit is %d";
      checks.fail(Code.INVALID_FIELD, text.formatted(depth, limits.keyDepthMax()));
    }
    int valueBytes = parameters.get(VALUE).map(Bytes::length).orElse(0);
    if (valueBytes > limits.valueBytesMax()) {
      checks.fail(Code.INVALID_FIELD, tooLarge("value", valueBytes, limits.valueBytesMax()));
    }
  }

  private static String tooLarge(String what, int bytes, int bytesMax) {
    return "the %s has %d bytes, the limit is %d".formatted(what, bytes, bytesMax);
  }

  /** A PUT, before it is clear which operation it is. */
  private record Put(
      KeyPath key,
      Bytes value,
      boolean dir,
      Ttl ttl,
      boolean refresh,
      Command.Condition condition) {

    Command command(Checks.Tristate prevExist) {
      if (prevExist == Checks.Tristate.FALSE) {
        return new Command.Create(key, value, dir, ttl);
      }
      if (isGiven(condition)) {
        return new Command.CompareAndSwap(key, value, dir, ttl, refresh, condition);
      }
      return prevExist == Checks.Tristate.TRUE
          ? new Command.Update(key, value, dir, ttl, refresh)
          : new Command.Set(key, value, dir, ttl, refresh);
    }
  }
}
