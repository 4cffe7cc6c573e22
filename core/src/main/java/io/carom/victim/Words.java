package io.carom.victim;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Holds the words of one folder, file or label against the clients' forms.
final class Words {
    private static final Vocabulary WORDS = Vocabulary.OWN;
    /// Words that are taken together at most.
    private static final int TOGETHER = 6;
    /// More words than this are prose, of which the first are looked at.
    private static final int MOST = 200;
    /// A longer run of letters is no name.
    private static final int LONGEST = 64;

    private final Forms forms;

    Words(Forms forms) {
        this.forms = forms;
    }

    /// All clients that the words may mean, with what speaks for each.
    ///
    /// @param host whether it is part of a host name: those are made to resemble others, so what is only
    /// similar
    ///     counts less
    List<Guess> guesses(String text, boolean host) {
        List<Guess> found = new ArrayList<>();
        List<Spelling.Word> words = Spelling.words(text);
        guesses(text, words, host, found);
        weigh(words, found);
        // Capitals in a word need not begin another: SHCmail, InfoSys.
        List<Spelling.Word> plain = Spelling.words(text.toLowerCase(java.util.Locale.ROOT));
        if (plain.size() != words.size()) {
            List<Guess> more = new ArrayList<>();
            guesses(text, plain, host, more);
            weigh(plain, more);
            found.addAll(more);
        }
        String unmixed = Spelling.unmixed(text);
        if (!unmixed.equals(text)) {
            found.addAll(guesses(unmixed, host));
        }
        return found;
    }

    /// Other words of the client's name beside the one that was found: they decide between clients that share
    /// it.
    private void weigh(List<Spelling.Word> words, List<Guess> found) {
        found.replaceAll(guess -> {
            List<String> others = new ArrayList<>();
            for (int i = 0; i < Math.min(words.size(), MOST); i++) {
                if (i < guess.from() || i >= guess.to()) {
                    others.add(words.get(i).text());
                }
            }
            return guess.with(others.isEmpty() || guess.confidence() < 0.3 ? 0 : forms.shared(guess.client(), others));
        });
    }

    private void guesses(String text, List<Spelling.Word> words, boolean host, List<Guess> found) {
        boolean foreign = Spelling.isForeign(text);
        for (int from = 0; from < Math.min(words.size(), MOST); from++) {
            StringBuilder glued = new StringBuilder();
            for (int to = from + 1; to <= Math.min(words.size(), from + TOGETHER); to++) {
                String word = words.get(to - 1).text();
                glued.append(word);
                if (glued.length() > LONGEST) {
                    break;
                }
                window(words, from, to, glued.toString(), host, foreign, found);
            }
        }
    }

    private void window(
            List<Spelling.Word> words,
            int from,
            int to,
            String glued,
            boolean host,
            boolean foreign,
            List<Guess> found) {
        List<Form> exact = forms.written(glued);
        for (Form form : exact) {
            found.add(exactly(words, from, to, form));
        }
        if (!exact.isEmpty()) {
            return;
        }
        if (to - from > 1) {
            String meaning = Forms.meaning(
                    words.subList(from, to).stream().map(Spelling.Word::text).toList());
            for (Form form : forms.meant(meaning)) {
                found.add(new Guess(
                        form.client(), 0.85, form.text(), from, to, "\"" + meaning + "\" means the words of its name"));
            }
        }
        for (char one : new char[] {'i', 'l'}) {
            String unleet = Spelling.unleet(glued, one);
            if (unleet.equals(glued)) {
                break;
            }
            for (Form form : forms.written(unleet)) {
                if (form.kind().isSpelled() && !form.weak() && unleet.length() >= 5) {
                    found.add(similar(form, 0.9, glued, from, to, "with digits for letters"));
                }
            }
        }
        if (WORDS.isEveryday(glued)) {
            return;
        }
        if (to - from == 1) {
            within(glued, from, to, foreign, found);
        }
        if (WORDS.isAllFillers(glued)) {
            return;
        }
        swapped(glued, from, to, found);
        misspelled(glued, from, to, host, found);
        if (foreign) {
            sounding(glued, from, to, found);
        }
        if (to - from == 1 && !host) {
            shortened(glued, from, to, found);
        }
    }

    private Guess exactly(List<Spelling.Word> words, int from, int to, Form form) {
        String why = "\"" + form.text() + "\" is " + form.kind().words;
        List<String> others = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i).text();
            if ((i < from || i >= to) && !Vocabulary.isNumber(word)) {
                others.add(word);
            }
        }
        boolean strange = others.stream().anyMatch(w -> !WORDS.isFiller(w) && !forms.isOwn(form.client(), w));
        boolean own = others.stream().anyMatch(w -> forms.isOwn(form.client(), w));
        boolean legal = to < words.size() && WORDS.isLegal(words.get(to).text());
        String doubt = doubt(words, to, form, others, strange, own || legal);
        if (doubt != null) {
            return new Guess(form.client(), 0.4, form.text(), from, to, why + ", but " + doubt);
        }
        double sure = form.kind().sure;
        if (form.weak() && !own && !legal) {
            boolean unit = others.stream().anyMatch(WORDS::isUnit);
            boolean written = words.size() == 1 && words.get(from).capital();
            sure = unit ? 0.7 : written ? 0.55 : 0.3;
            return new Guess(
                    form.client(), sure, form.text(), from, to, why + ", a word that means something else too");
        }
        boolean capitals = words.get(from).capitals() || to - from > 1;
        if (form.text().length() < 3) {
            boolean alone = words.size() == to - from;
            sure = alone && singles(words, from, to) ? 0.6 : capitals && alone && words.size() == 1 ? 0.5 : 0.3;
        } else if (!form.kind().isSpelled()) {
            if (to - from != 1 && !singles(words, from, to)) {
                return new Guess(form.client(), 0, form.text(), from, to, why);
            }
            sure += (capitals ? 0.1 : 0) + Math.min(0.1, 0.05 * (form.text().length() - 3)) - (strange ? 0.15 : 0);
        } else if (strange && (form.kind() == Form.Kind.WORD || form.text().length() == 3)) {
            sure -= 0.15;
        }
        return new Guess(form.client(), sure, form.text(), from, to, why);
    }

    /// What speaks against the client though its name is written; null if nothing does.
    private @Nullable String doubt(
            List<Spelling.Word> words, int to, Form form, List<String> others, boolean strange, boolean confirmed) {
        if (confirmed) {
            return null;
        }
        if (others.stream().anyMatch(WORDS::isTool)) {
            return "a program is spoken of";
        }
        if (WORDS.isPlace(form.text()) && (strange || form.kind() == Form.Kind.WORD)) {
            return "it is a city";
        }
        boolean part = form.kind() == Form.Kind.WORD
                || form.kind() == Form.Kind.BRAND
                || form.kind() == Form.Kind.LABEL && forms.isOwn(form.client(), form.text());
        return part && otherTrade(words, to, form.client()) ? "with another trade or country beside it" : null;
    }

    /// Whether each word is one letter: `S.H.C.`
    private static boolean singles(List<Spelling.Word> words, int from, int to) {
        return words.subList(from, to).stream().allMatch(w -> w.text().length() == 1);
    }

    /// Whether the next word says of which trade, and the client's name does not say it: Baltic Bank is not
    /// Baltic Insurance.
    private boolean otherTrade(List<Spelling.Word> words, int to, Client client) {
        if (to >= words.size()) {
            return false;
        }
        String next = words.get(to).text();
        return WORDS.isGeneric(next) && !WORDS.isEveryday(next) && !WORDS.isLegal(next) && !forms.isOwn(client, next);
    }

    private void misspelled(String glued, int from, int to, boolean host, List<Guess> found) {
        if (glued.length() < Forms.MISSPELLED - 1 || glued.length() > 26 || to - from > 3) {
            return;
        }
        for (Form form : forms.near(glued)) {
            String text = form.text();
            double most = Misspelling.most(text.length());
            double distance = Misspelling.distance(glued, text);
            if (distance == 0 || distance > most || host && (distance > 1 || text.length() < 8)) {
                continue;
            }
            if (form.kind() == Form.Kind.WORD && distance > 1) {
                continue;
            }
            found.add(similar(
                    form,
                    distance <= 1 ? 0.9 : 0.78,
                    glued,
                    from,
                    to,
                    distance <= 1 ? "with a letter wrong" : "with two letters wrong"));
        }
    }

    /// Two neighbours of a short name swapped: KMPG.
    private void swapped(String glued, int from, int to, List<Guess> found) {
        if (glued.length() < 4 || glued.length() >= Forms.MISSPELLED) {
            return;
        }
        char[] letters = glued.toCharArray();
        for (int i = 1; i < letters.length; i++) {
            swap(letters, i);
            for (Form form : forms.written(new String(letters))) {
                if (!form.weak() && form.kind() != Form.Kind.ACRONYM) {
                    found.add(similar(form, 0.75, glued, from, to, "with two letters swapped"));
                }
            }
            swap(letters, i);
        }
    }

    private static void swap(char[] letters, int i) {
        char letter = letters[i];
        letters[i] = letters[i - 1];
        letters[i - 1] = letter;
    }

    private static Guess similar(Form form, double factor, String written, int from, int to, String how) {
        return new Guess(
                form.client(),
                form.kind().sure * factor,
                form.text(),
                from,
                to,
                "\"" + written + "\" is " + form.kind().words + ", \"" + form.text() + "\", " + how);
    }

    private void sounding(String glued, int from, int to, List<Guess> found) {
        for (Form form : forms.sounding(glued)) {
            int longer = Math.max(glued.length(), form.text().length());
            double alike = 1 - Misspelling.distance(glued, form.text()) / longer;
            if (alike >= 0.5) {
                found.add(similar(form, 0.7 + 0.2 * alike, glued, from, to, "as another alphabet writes it"));
            }
        }
    }

    /// A client's name written together with other words.
    private void within(String word, int from, int to, boolean foreign, List<Guess> found) {
        for (int start = 0; start + 3 <= word.length(); start++) {
            for (int end = Math.min(word.length(), start + 40); end >= start + 3; end--) {
                if (end - start == word.length()) {
                    continue;
                }
                for (Form form : forms.written(word.substring(start, end))) {
                    double factor = factor(word, start, end, form, foreign);
                    if (factor > 0) {
                        found.add(similar(form, factor, word, from, to, "with other words written to it"));
                    }
                }
            }
        }
    }

    private static double factor(String word, int start, int end, Form form, boolean foreign) {
        if (form.weak()) {
            return 0;
        }
        int length = end - start;
        boolean fillers = (start == 0 || WORDS.isAllFillers(word.substring(0, start)))
                && (end == word.length() || WORDS.isAllFillers(word.substring(end)));
        if (!form.kind().isSpelled()) {
            return fillers && start == 0 && length >= 4 ? 0.8 : 0;
        }
        if (fillers) {
            return length >= 5 ? 0.92 : length == 4 ? 0.8 : 0;
        }
        if (foreign && start == 0 && length >= 5) {
            return 0.75;
        }
        return length >= 7 && length * 5 >= word.length() * 3 ? 0.68 : 0;
    }

    private void shortened(String word, int from, int to, List<Guess> found) {
        if (word.length() < 4 || word.length() > 24) {
            return;
        }
        for (Form form : forms.withoutVowels(word)) {
            found.add(similar(form, 0.75, word, from, to, "without its vowels"));
        }
        if (word.length() < Abbreviation.LEAST) {
            return;
        }
        for (Forms.Named named : forms.named()) {
            boolean beginnings = Abbreviation.beginnings(word, named.words());
            if (beginnings || Abbreviation.letters(word, named.words())) {
                found.add(new Guess(
                        named.client(),
                        beginnings ? 0.68 : 0.55,
                        String.join("", named.words()),
                        from,
                        to,
                        "\"" + word + "\" is made of " + (beginnings ? "the beginnings" : "letters")
                                + " of the words \"" + String.join(" ", named.words()) + "\""));
            }
        }
        for (Guess cut : cut(word, from, to)) {
            found.add(cut);
        }
    }

    /// The beginning of a name of one word, most of it.
    private List<Guess> cut(String word, int from, int to) {
        List<Guess> cut = new ArrayList<>();
        for (Form form : forms.beginningWith(word)) {
            if (word.length() * 5 >= form.text().length() * 3) {
                cut.add(similar(form, 0.72, word, from, to, "cut short"));
            }
        }
        return cut;
    }

    /// Words of services that everybody uses and that lures therefore imitate.
    static final Set<String> IMITATED = Set.of(
            "microsoft",
            "office",
            "office365",
            "outlook",
            "onedrive",
            "sharepoint",
            "windows",
            "google",
            "gmail",
            "okta",
            "docusign",
            "dropbox",
            "adobe",
            "apple",
            "icloud",
            "paypal",
            "amazon",
            "aws",
            "linkedin",
            "zoom",
            "webex",
            "citrix",
            "slack",
            "github",
            "salesforce",
            "facebook",
            "netflix",
            "dhl",
            "fedex",
            "ups",
            "usps",
            "microsoftonline");
}
