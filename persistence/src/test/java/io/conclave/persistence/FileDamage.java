package io.conclave.persistence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Damages to a {@link JournalImage}, and whether a start must refuse them. */
enum FileDamage {
  BIT_IN_THE_MIDDLE_OF_THE_LOG(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.flip(JournalImage.OPEN_SEGMENT, image.sealedEnd / 2);
    }
  },
  BIT_IN_THE_LAST_BLOCK(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.flip(JournalImage.OPEN_SEGMENT, image.sealedEnd - 5_000);
    }
  },
  BIT_IN_THE_LAST_SEALED_BATCH(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.flip(JournalImage.OPEN_SEGMENT, image.sealedEnd - 300);
    }
  },
  BIT_IN_THE_SEAL(false) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.flip(JournalImage.OPEN_SEGMENT, image.sealedEnd - 2);
    }
  },
  BIT_IN_AN_OLDER_SEGMENT(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.flip(2, 30_000);
    }
  },
  BIT_IN_A_CLOSED_MARK(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.flip(2, JournalImage.end(image.log(2)) - 3);
    }
  },
  BIT_IN_A_HEADER(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.flip(1, 25);
    }
  },
  BIT_IN_THE_HEADER_OF_THE_NEWEST(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.flip(JournalImage.OPEN_SEGMENT, 25);
    }
  },
  BITS_IN_MANIFEST_AND_CURRENT(false) {
    @Override
    void apply(JournalImage image) throws IOException {
      for (int number = 1; number <= JournalImage.MADE_AHEAD; number++) {
        Path segment = Segment.directory(image.settings.journalDirectory(), number);
        JournalImage.flip(segment.resolve("CURRENT"), 3);
        JournalImage.flip(segment.resolve("MANIFEST-000002"), 10);
      }
    }
  },
  ZEROED_PAGE(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      JournalImage.overwrite(image.log(JournalImage.OPEN_SEGMENT), 8_192, new byte[4_096]);
    }
  },
  ZEROED_PAGE_IN_AN_OLDER_SEGMENT(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      JournalImage.overwrite(image.log(1), 8_192, new byte[4_096]);
    }
  },
  OLDEST_MISSING(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.delete(1);
    }
  },
  MIDDLE_MISSING(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.delete(2);
    }
  },
  NEWEST_MISSING(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.delete(JournalImage.OPEN_SEGMENT);
    }
  },
  NEWEST_AND_MADE_AHEAD_MISSING(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.delete(JournalImage.OPEN_SEGMENT);
      image.delete(JournalImage.MADE_AHEAD);
    }
  },
  ALL_WRITTEN_MISSING(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      for (int number = 1; number <= JournalImage.OPEN_SEGMENT; number++) {
        image.delete(number);
      }
    }
  },
  MADE_AHEAD_MISSING(false) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.delete(JournalImage.MADE_AHEAD);
    }
  },
  OLDEST_EMPTY(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.cut(1, 0);
    }
  },
  MIDDLE_EMPTY(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.cut(3, 0);
    }
  },
  NEWEST_EMPTY(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.cut(JournalImage.OPEN_SEGMENT, 0);
    }
  },
  MIDDLE_CUT_SHORT(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.cut(2, 40_000);
    }
  },
  CLOSED_MARK_CUT_OFF(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.cut(3, JournalImage.end(image.log(3)) - 40);
    }
  },
  NEWEST_CUT_SHORT_WITH_NOTE(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.note();
      image.cut(JournalImage.OPEN_SEGMENT, image.sealedEnd / 2);
    }
  },
  NEWEST_CUT_IN_THE_LAST_BATCH_WITH_NOTE(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.note();
      image.cut(JournalImage.OPEN_SEGMENT, image.sealedEnd - 300);
    }
  },
  OLD_COPY_OF_THE_NEWEST_WITH_NOTE(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.note();
      image.delete(JournalImage.OPEN_SEGMENT);
      JournalFixture.copy(
          image.earlierOpenSegment,
          Segment.directory(image.settings.journalDirectory(), JournalImage.OPEN_SEGMENT));
    }
  },
  OLD_COPY_OF_AN_OLDER_SEGMENT(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.delete(1);
      JournalFixture.copy(
          Segment.directory(image.earlier.journalDirectory(), 1),
          Segment.directory(image.settings.journalDirectory(), 1));
    }
  },
  OLD_COPY_OF_ALL_WITH_NOTE(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.note();
      DurableFiles.deleteTree(image.settings.journalDirectory());
      JournalFixture.copy(image.earlier.journalDirectory(), image.settings.journalDirectory());
    }
  },
  WIPED_WITH_NOTE(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.note();
      DurableFiles.deleteTree(image.settings.journalDirectory());
    }
  },
  SEGMENT_UNDER_ANOTHER_NUMBER(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      image.delete(3);
      JournalFixture.copy(
          Segment.directory(image.live.journalDirectory(), 2),
          Segment.directory(image.settings.journalDirectory(), 3));
    }
  },
  SEGMENT_OF_ANOTHER_JOURNAL(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      var other = JournalFixture.settings(image.settings.directory().resolveSibling("other"));
      try (SegmentedLog log = JournalFixture.open(other)) {
        JournalFixture.write(log, 200, 3, 300);
      }
      image.delete(2);
      JournalFixture.copy(
          Segment.directory(other.journalDirectory(), 2),
          Segment.directory(image.settings.journalDirectory(), 2));
    }
  },
  SECOND_LOG_FILE(true) {
    @Override
    void apply(JournalImage image) throws IOException {
      Path log = image.log(2);
      Files.copy(log, log.resolveSibling("000005.log"));
    }
  },
  DAMAGED_NOTE(false) {
    @Override
    void apply(JournalImage image) throws IOException {
      new WitnessNote(1_000_000, 0, 0).write(image.settings.witnessFile());
      JournalImage.flip(image.settings.witnessFile(), 12);
    }
  };

  final boolean refused;

  FileDamage(boolean refused) {
    this.refused = refused;
  }

  abstract void apply(JournalImage image) throws IOException;
}
