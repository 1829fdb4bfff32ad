package io.conclave.testkit.torture;

import io.conclave.testkit.process.LaunchCommand;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Whose members a cluster is made of. */
enum Server {
  CONCLAVE {
    @Override
    LaunchCommand command(int member, List<String> jvmFlags) throws IOException {
      List<String> flags = new ArrayList<>(jvmFlags);
      flags.add(
          "-Dpekko.remote.artery.advanced.tcp.outbound-client-hostname="
              + PeerRelay.addressOf(member));
      return LaunchCommand.member(flags);
    }
  },
  /** The etcd on the PATH, 3.4 or older; its links can't be cut, its processes can be killed. */
  ETCD {
    @Override
    LaunchCommand command(int member, List<String> jvmFlags) {
      return new LaunchCommand(
          List.of(
              "etcd",
              "--enable-v2",
              "--name={name}",
              "--data-dir={data}",
              "--listen-client-urls={client}",
              "--advertise-client-urls={client}",
              "--listen-peer-urls={peer}",
              "{args}"));
    }
  };

  /** How to start one. */
  abstract LaunchCommand command(int member, List<String> jvmFlags) throws IOException;
}
