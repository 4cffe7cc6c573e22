package io.carom.mailnet.identity;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// A mail address in the form in which it is compared: ASCII, lower case, no quoted local part, no route, no
/// address literal. What RFC 5321 allows beyond that nobody here is called by.
public record Address(String local, String domain) {
    private static final Pattern FORM =
            Pattern.compile("([a-z0-9!#$&'*+/=?^_`{|}~-]+(?:\\.[a-z0-9!#$&'*+/=?^_`{|}~-]+)*)"
                    + "@([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+)");

    /// Empty if the text is no such address.
    public static Optional<Address> of(String text) {
        if (text.length() > 254) {
            return Optional.empty();
        }
        var m = FORM.matcher(text.toLowerCase(Locale.ROOT));
        // Only ASCII may be folded: the Kelvin sign becomes "k" in lower case.
        if (!text.chars().allMatch(c -> c < 128) || !m.matches() || m.group(1).length() > 64) {
            return Optional.empty();
        }
        return Optional.of(new Address(m.group(1), m.group(2)));
    }

    @Override
    public String toString() {
        return local + "@" + domain;
    }
}
