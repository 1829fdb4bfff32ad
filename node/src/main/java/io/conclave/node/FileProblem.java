package io.conclave.node;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Optional;

/**
 * Why a file could not be used, for people. Java's own messages are often no more than the file's
 * name, and the reason is the class of the exception.
 */
final class FileProblem {
  private FileProblem() {}

  /** The file, if it is known, and the reason: {@code /a/b: permission denied}. */
  static String of(IOException failure) {
    return failure instanceof FileSystemException file && file.getFile() != null
        ? file.getFile() + ": " + reason(failure)
        : reason(failure);
  }

  /** The reason alone. */
  static String reason(IOException failure) {
    return switch (failure) {
      case AccessDeniedException denied -> "permission denied";
      case NoSuchFileException missing -> "no such file or directory";
      case NotDirectoryException file -> "not a directory";
      case FileAlreadyExistsException file -> "there is something else in its place";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default ->
          Optional.ofNullable(failure.getMessage()).orElseGet(failure.getClass()::getSimpleName);
    };
  }
}
