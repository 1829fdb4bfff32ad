package io.conclave.persistence;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log when the disk gets nearly full and when there is room again. For any thread. */
final class DiskWatch {
  private static final Logger LOG = LoggerFactory.getLogger(DiskWatch.class);

  private final DiskReserve reserve;
  private final AtomicBoolean low = new AtomicBoolean();

  DiskWatch(DiskReserve reserve) {
    this.reserve = reserve;
  }

  boolean hasSpace() {
    boolean isLow = reserve.isLow();
    if (low.compareAndSet(!isLow, isLow)) {
      if (isLow) {
        LOG.atWarn()
            .addKeyValue("reserve", reserve.reserveBytes())
            .log("the disk is nearly full: writes are refused until there is room");
      } else {
        LOG.info("the disk has room again: writes are accepted");
      }
    }
    return !isLow;
  }
}
