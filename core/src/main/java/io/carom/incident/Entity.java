package io.carom.incident;

import java.util.Comparator;

/// Something findings can have in common, and by which they belong to one story.
///
/// @param value as the logs write it, in lower case; cut to {@link #LONGEST} characters
public record Entity(Kind kind, String value) implements Comparable<Entity> {
    public static final int LONGEST = 256;

    private static final Comparator<Entity> ORDER =
            Comparator.comparing(Entity::kind).thenComparing(Entity::value);

    /// What kind of thing it is.
    public enum Kind {
        /// A machine by its name.
        HOST,
        /// An address of the client's.
        ADDRESS,
        /// An address from which a supplier comes in over a declared link.
        LINK_ADDRESS,
        ACCOUNT,
        /// A value that matched: an outside address, a domain, a URL, a hash, a mail address.
        INDICATOR
    }

    public Entity {
        value = PlainText.cut(value, LONGEST);
    }

    @Override
    public int compareTo(Entity other) {
        return ORDER.compare(this, other);
    }
}
