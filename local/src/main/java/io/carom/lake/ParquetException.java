package io.carom.lake;

/// A Parquet file is damaged, or has something that this program does not read; the message says what.
final class ParquetException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ParquetException(String message) {
        super(message);
    }
}
