package io.carom.sightings;

/// Ascending numbers of rows, in the shortest of three forms: gaps, runs, or a bit for each row between the
/// first and the last.
final class RowList {
    private static final int GAPS = 0, RUNS = 1, BITS = 2;

    private RowList() {}

    static void write(int[] rows, int from, int to, Bytes out) {
        int gaps = 0;
        int runs = 0;
        int before = -1;
        int run = 0;
        int last = -2;
        for (int i = from; i < to; i++) {
            int row = rows[i];
            gaps += Bytes.size(row - before - 1);
            before = row;
            if (row == last + 1) {
                run++;
            } else {
                runs += run == 0 ? 0 : Bytes.size(run - 1);
                runs += Bytes.size(row - last);
                run = 1;
            }
            last = row;
        }
        runs += Bytes.size(run - 1);
        int bits = Bytes.size(rows[from]) + (rows[to - 1] - rows[from] >> 3) + 1;
        if (gaps <= runs && gaps <= bits) {
            out.put(GAPS);
            before = -1;
            for (int i = from; i < to; i++) {
                out.number(rows[i] - before - 1);
                before = rows[i];
            }
        } else if (runs <= bits) {
            out.put(RUNS);
            int end = 0;
            int i = from;
            while (i < to) {
                int first = rows[i];
                int n = 1;
                while (i + n < to && rows[i + n] == first + n) {
                    n++;
                }
                out.number(first - end);
                out.number(n - 1);
                end = first + n;
                i += n;
            }
        } else {
            out.put(BITS);
            int first = rows[from];
            out.number(first);
            int at = from;
            for (int base = first; at < to; base += 8) {
                int b = 0;
                while (at < to && rows[at] < base + 8) {
                    b |= 1 << rows[at] - base;
                    at++;
                }
                out.put(b);
            }
        }
    }

    /// Adds a list to a set, many at a time where they stand so.
    static void read(Bytes.Reader in, RowSet rows) {
        switch (in.array[in.at]) {
            case RUNS -> {
                in.at++;
                int at = 0;
                while (in.more()) {
                    at += (int) in.number();
                    int n = (int) in.number() + 1;
                    check(at, n);
                    rows.addRange(at, at + n);
                    at += n;
                }
            }
            case BITS -> {
                in.at++;
                int base = (int) in.number();
                check(base, (in.end - in.at) * 8);
                while (in.more()) {
                    rows.addByte(base, in.array[in.at++] & 0xFF);
                    base += 8;
                }
            }
            case GAPS -> {
                in.at++;
                int before = -1;
                while (in.more()) {
                    before += (int) in.number() + 1;
                    check(before, 1);
                    rows.add(before);
                }
            }
            default -> throw new SegmentException("rows in a form that is not known");
        }
    }

    /// More rows than this has no file.
    private static final int MOST = 1 << 28;

    private static void check(int row, int n) {
        if (row < 0 || n < 0 || row > MOST - n) {
            throw new SegmentException("a list of rows with row " + row + " and " + n + " from there");
        }
    }
}
