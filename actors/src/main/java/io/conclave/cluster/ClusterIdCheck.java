package io.conclave.cluster;

import com.typesafe.config.Config;
import java.util.List;
import org.apache.pekko.cluster.ConfigValidation;
import org.apache.pekko.cluster.JoinConfigCompatChecker;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Keeps members of different clusters out of each other's Pekko Cluster; made by Pekko. */
public final class ClusterIdCheck extends JoinConfigCompatChecker {
  /** The cluster id in hex; set for each process. */
  public static final String CLUSTER_ID = "conclave.cluster-id";

  @Override
  public Seq<String> requiredKeys() {
    return CollectionConverters.asScala(List.of(CLUSTER_ID)).toList();
  }

  @Override
  public ConfigValidation check(Config toCheck, Config actual) {
    return JoinConfigCompatChecker.fullMatch(requiredKeys(), toCheck, actual);
  }
}
