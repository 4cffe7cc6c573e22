package io.carom.mailnet.imap;

import java.util.ArrayList;
import java.util.List;

/// Numbers of mails, such as `2,4:7,9:*` (RFC 3501, 9). Only those that there are are ever made:
/// `1:4294967295` costs no more than the mailbox has.
record SequenceSet(List<long[]> ranges) {
    private static final int MOST = 10_000;
    private static final long STAR = Long.MAX_VALUE;
    private static final long LARGEST = 0xffff_ffffL;

    static SequenceSet of(String text) throws BadCommand {
        String[] parts = text.split(",", -1);
        if (parts.length > MOST) {
            throw new BadCommand("too many numbers");
        }
        List<long[]> ranges = new ArrayList<>();
        for (String part : parts) {
            int colon = part.indexOf(':');
            long from = number(colon < 0 ? part : part.substring(0, colon));
            ranges.add(new long[] {from, colon < 0 ? from : number(part.substring(colon + 1))});
        }
        return new SequenceSet(ranges);
    }

    private static long number(String text) throws BadCommand {
        if (text.equals("*")) {
            return STAR;
        }
        if (!text.matches("\\d{1,10}") || Long.parseLong(text) > LARGEST || Long.parseLong(text) == 0) {
            throw new BadCommand("expected numbers such as 1,3:5,7:*");
        }
        return Long.parseLong(text);
    }

    /// @param largest what `*` means here
    boolean has(long number, long largest) {
        for (long[] range : ranges) {
            long a = range[0] == STAR ? largest : range[0];
            long b = range[1] == STAR ? largest : range[1];
            if (number >= Math.min(a, b) && number <= Math.max(a, b)) {
                return true;
            }
        }
        return false;
    }
}
