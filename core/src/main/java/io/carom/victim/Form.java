package io.carom.victim;

/// One way in which a client's name may be written.
///
/// @param text lower case, Latin letters and digits, words written together
/// @param weak the text means something without any company: `target`, `meta`
record Form(Client client, Kind kind, String text, boolean weak) {
    enum Kind {
        DOMAIN(0.95, "its domain without dots"),
        NAME(0.95, "its name"),
        LABEL(0.93, "its domain's name"),
        BRAND(0.9, "its name without what many are called"),
        WORD(0.8, "a word of its name that no other client's has"),
        TICKER(0.75, "the short name that the list states"),
        ACRONYM(0.7, "the initials of its name");

        /// That the client is meant where exactly this is written.
        final double sure;
        final String words;

        Kind(double sure, String words) {
            this.sure = sure;
            this.words = words;
        }

        /// Whether it is long enough and said enough to be looked for in longer words and behind misspellings.
        boolean isSpelled() {
            return this != TICKER && this != ACRONYM;
        }
    }
}
