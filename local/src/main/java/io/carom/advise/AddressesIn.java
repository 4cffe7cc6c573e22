package io.carom.advise;

import io.carom.event.Cidr;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds addresses in a text, also where they are part of a name: `ip-10-1-2-3`, `3.2.1.10.in-addr.arpa`.
final class AddressesIn {
    private static final Pattern DOTTED =
            Pattern.compile("(?<![0-9.])(\\d{1,3})([.\\-_])(\\d{1,3})\\2(\\d{1,3})\\2(\\d{1,3})(?!\\2?[0-9])");
    private static final Pattern REVERSE =
            Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.in-addr\\.arpa");
    private static final Pattern DEFANGED =
            Pattern.compile("(\\d{1,3})\\[?\\.]?(\\d{1,3})\\[\\.](\\d{1,3})\\[?\\.]?(\\d{1,3})");
    private static final Pattern SIX = Pattern.compile("(?<![0-9a-f:])[0-9a-f:]{2,39}(?:\\d{1,3}(?:\\.\\d{1,3}){3})?");

    private AddressesIn() {}

    /// An address, and where it stands in characters of the folded text.
    record Found(int from, int to, byte[] address) {}

    static List<Found> of(String folded) {
        List<Found> found = new ArrayList<>();
        four(DOTTED.matcher(folded), new int[] {1, 3, 4, 5}, found);
        four(DEFANGED.matcher(folded), new int[] {1, 2, 3, 4}, found);
        four(REVERSE.matcher(folded), new int[] {4, 3, 2, 1}, found);
        Matcher six = SIX.matcher(folded);
        while (six.find()) {
            String text = six.group();
            if (text.indexOf(':') != text.lastIndexOf(':')) {
                add(text, six.start(), six.end(), found);
            }
        }
        return found;
    }

    private static void four(Matcher m, int[] groups, List<Found> found) {
        while (m.find()) {
            StringBuilder text = new StringBuilder();
            for (int group : groups) {
                text.append(text.isEmpty() ? "" : ".").append(Integer.parseInt(m.group(group)));
            }
            add(text.toString(), m.start(), m.end(), found);
        }
    }

    private static void add(String text, int from, int to, List<Found> found) {
        byte[] address = Cidr.address(text);
        if (address != null) {
            found.add(new Found(from, to, address));
        }
    }
}
