package io.carom.mail.sign;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What the files in an archive are called that is not unpacked here: RAR of versions 4 and 5, and cabinets.
///
/// Reads headers alone, as far as they are whole.
///
/// @param names of files, not of folders
/// @param locked whether a file, or the names themselves, are encrypted
record ArchiveNames(List<String> names, boolean locked) {
    private static final int MAX_NAME = 4_096;

    static ArchiveNames rar(byte[] bytes, int most) {
        Reader reader = new Reader(bytes, most);
        try {
            if (bytes[6] == 0) {
                reader.rar4();
            } else {
                reader.rar5();
            }
        } catch (IndexOutOfBoundsException e) {
            // Cut off: what was read counts.
            return reader.result();
        }
        return reader.result();
    }

    static ArchiveNames cab(byte[] bytes, int most) {
        Reader reader = new Reader(bytes, most);
        try {
            reader.cab();
        } catch (IndexOutOfBoundsException e) {
            return reader.result();
        }
        return reader.result();
    }

    private static final class Reader {
        private final byte[] b;
        private final int most;
        private final List<String> names = new ArrayList<>();
        private boolean locked;
        private int at;

        Reader(byte[] b, int most) {
            this.b = b;
            this.most = most;
        }

        ArchiveNames result() {
            return new ArchiveNames(List.copyOf(names), locked);
        }

        private int two(int from) {
            return b[from] & 0xFF | (b[from + 1] & 0xFF) << 8;
        }

        private long four(int from) {
            return two(from) | (long) two(from + 2) << 16;
        }

        /// Goes on behind a header and its data; false if there is nothing.
        private boolean next(long end) {
            boolean more = end > at && end < b.length && names.size() <= most;
            at = more ? (int) end : at;
            return more;
        }

        private void name(int from, int to, boolean unicode) {
            int end = from;
            // In version 4 a second form of the name may follow, behind a nought.
            while (end < Math.min(to, from + MAX_NAME) && b[end] != 0) {
                end++;
            }
            names.add(new String(b, from, end - from, unicode ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1));
        }

        /// Blocks of checksum (2), type (1), flags (2), size (2), and for some the size of data behind them
        /// (4).
        void rar4() {
            at = 7;
            long end;
            do {
                int type = b[at + 2] & 0xFF;
                int flags = two(at + 3);
                int size = two(at + 5);
                boolean file = type == 0x74;
                long data = file || type == 0x7A || (flags & 0x8000) != 0 ? four(at + 7) : 0;
                if (type == 0x73 && (flags & 0x80) != 0) {
                    locked = true;
                    return;
                }
                if (file) {
                    boolean large = (flags & 0x100) != 0;
                    data += large ? four(at + 32) << 32 : 0;
                    int from = at + (large ? 40 : 32);
                    locked |= (flags & 0x04) != 0;
                    boolean folder = (flags & 0xE0) == 0xE0;
                    if (!folder) {
                        name(from, Math.min(at + size, from + two(at + 26)), (flags & 0x200) != 0);
                    }
                }
                end = type == 0x7B || size < 7 ? 0 : at + size + data;
            } while (next(end));
        }

        /// Blocks of checksum (4), size, type, flags and what these say, in numbers of seven bits a byte.
        void rar5() {
            at = 8;
            long end;
            do {
                int begin = at;
                at += 4;
                long size = number();
                if (size <= 0 || size > b.length) {
                    return;
                }
                long headEnd = at + size;
                long type = number();
                long flags = number();
                long extra = (flags & 1) != 0 ? number() : 0;
                long data = (flags & 2) != 0 ? number() : 0;
                if (type == 4) {
                    locked = true;
                    return;
                }
                if (type == 2 && headEnd <= b.length) {
                    long kind = number();
                    number();
                    number();
                    at += ((kind & 2) != 0 ? 4 : 0) + ((kind & 4) != 0 ? 4 : 0);
                    number();
                    number();
                    long length = number();
                    boolean folder = (kind & 1) != 0;
                    if (!folder && length > 0) {
                        name(at, (int) Math.min(headEnd, at + Math.min(length, MAX_NAME)), true);
                    }
                    locked |= extra > 0 && extra < size && isLocked((int) (headEnd - extra), (int) headEnd);
                }
                at = begin;
                end = type == 5 ? 0 : headEnd + data;
            } while (next(end));
        }

        /// Whether a record of encryption (1) is among what stands behind a file's header.
        private boolean isLocked(int from, int to) {
            at = from;
            while (at < to) {
                long size = number();
                long end = at + size;
                if (number() == 1) {
                    return true;
                }
                if (size <= 0 || end > to) {
                    return false;
                }
                at = (int) end;
            }
            return false;
        }

        private long number() {
            long value = 0;
            for (int shift = 0; shift < 63; shift += 7) {
                int one = b[at++] & 0xFF;
                value |= (long) (one & 0x7F) << shift;
                if (one < 0x80) {
                    return value;
                }
            }
            throw new IndexOutOfBoundsException("a number without an end");
        }

        /// Entries of size (4), offset (4), folder (2), day (2), time (2), attributes (2) and a name with a
        /// nought.
        void cab() {
            long from = four(16);
            if (from >= b.length) {
                return;
            }
            at = (int) from;
            for (int left = two(28); left > 0 && names.size() <= most; left--) {
                boolean unicode = (two(at + 14) & 0x80) != 0;
                name(at + 16, b.length, unicode);
                at += 16;
                while (b[at] != 0) {
                    at++;
                }
                at++;
            }
        }
    }
}
