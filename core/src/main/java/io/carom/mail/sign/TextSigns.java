package io.carom.mail.sign;

import io.carom.mail.Lists;
import io.carom.mail.Phrases;
import io.carom.mail.Words;
import io.carom.mail.name.OwnName;
import io.carom.mail.structure.PageReading;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// What the mail says, in words and by how they are written.
public final class TextSigns {
    private static final Pattern PHONE =
            Pattern.compile("\\(?\\+?\\d{1,4}\\)?(?:[ .\\u2010-\\u2015-]\\(?\\d{2,4}\\)?){2,4}");
    private static final Pattern CALL = Pattern.compile(
            "\\b(?:call|helpline|help line|phone|toll|ligue|contact|dial|hotline|telefon|appel|llame|chiam)",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern AMOUNT = Pattern.compile(
            "(?:[$\\u20ac\\u00a3]|USD|EUR|GBP|R\\$|BRL)\\s?\\d[\\d.,]*|\\d[\\d.,]*\\s?(?:USD|EUR|GBP|\\u20ac|dollars)");
    private static final Pattern RICHES = Pattern.compile(
            "\\d{1,3}(?:[.,]\\d{3}){2,}|\\d\\s?(?:million|millionen|billion|milhoes|milh\u00f5es|millones|milioni)",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern ADDRESS = Pattern.compile("[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9.-]{3,255})");
    private static final Pattern COIN =
            Pattern.compile("\\b(?:bc1[a-z0-9]{25,60}|[13][1-9A-HJ-NP-Za-km-z]{25,34}|0x[0-9a-fA-F]{40})\\b");
    private static final Pattern NUMBER = Pattern.compile("\\d{6,}");
    private static final Pattern MONEY = Pattern.compile(
            "[$\u20ac\u00a3]\\s?[\\d*]|[\\d*]\\s?[\u20ac\u00a3%]|R\\$|\\b(?:USD|EUR|BTC|ETH)\\b",
            Pattern.CASE_INSENSITIVE);
    /// Topics of which one phrase alone says little.
    private static final Set<String> COMMON = Set.of(
            "offer",
            "casino",
            "crypto",
            "inheritance",
            "prize",
            "urgency",
            "press",
            "nobody",
            "adult",
            "health",
            "payment",
            "extortion",
            "favour",
            "document",
            "parcel");

    private final Phrases phrases = Phrases.own();
    private final Lists lists = Lists.own();
    private final List<OwnName> names;

    public TextSigns(List<OwnName> names) {
        this.names = names;
    }

    public void look(View v, Signs signs) {
        String subject = v.mail.first("subject");
        List<String> head = new ArrayList<>(Words.of(subject));
        head.addAll(Words.of(v.display));
        Map<String, Set<String>> first = phrases.find(folded(head));
        // Long texts say of everything something: as many words as a reader reads.
        List<String> body = v.words.size() > 1_500 ? v.words.subList(0, 1_500) : v.words;
        Map<String, Set<String>> found = phrases.find(folded(body));
        first.forEach((topic, said) -> {
            signs.add("subject-" + topic, String.join("; ", said));
        });
        found.forEach((topic, said) -> {
            boolean twice = said.size() > 1;
            if (twice || !COMMON.contains(topic)) {
                signs.add("says-" + topic, String.join("; ", said));
            }
            if (said.size() > 3) {
                signs.add("says-much-" + topic);
            }
        });
        written(v, subject, signs);
        String near = v.text.length() > 20_000 ? v.text.substring(0, 20_000) : v.text;
        if (PHONE.matcher(near).find()
                && CALL.matcher(near).find()
                && (found.containsKey("payment") || first.containsKey("payment"))
                && AMOUNT.matcher(near).find()) {
            signs.add("calls-back");
        }
        boolean free = lists.has("free-mail", v.fromHost)
                || v.replyTo.stream().anyMatch(r -> lists.has("free-mail", View.host(r)));
        Set<String> promised = found.getOrDefault("inheritance", Set.of());
        if (!v.list && free && (RICHES.matcher(near).find() && !promised.isEmpty() || promised.size() > 2)) {
            signs.add("riches", "");
        }
        if (!v.list
                && free
                && (found.containsKey("favour") || first.containsKey("favour"))
                && v.words.size() < 150
                && !v.mail.has("in-reply-to")) {
            signs.add("favour-from-free", v.from);
        }
        writeTo(v, near, signs);
        if (COIN.matcher(v.text).find()) {
            signs.add("coin-address");
        }
        recipient(v, subject, signs);
        brands(v, head, signs);
    }

    /// Whether a short mail wants to be answered at a free mailbox that is not its sender's.
    private void writeTo(View v, String text, Signs signs) {
        if (v.list || v.words.size() > 400 || v.mail.has("in-reply-to")) {
            return;
        }
        var m = ADDRESS.matcher(text);
        while (m.find()) {
            String address = m.group().toLowerCase(Locale.ROOT).replaceAll("[.]+$", "");
            String host = View.host(address);
            if (lists.has("free-mail", host) && !address.equals(v.from) && !v.recipients.contains(address)) {
                signs.add("write-to-free", address);
            }
        }
    }

    /// Words with characters of other scripts in them as a reader reads them.
    private static List<String> folded(List<String> words) {
        List<String> out = new ArrayList<>(words.size());
        for (String word : words) {
            out.add(isMixed(word) ? io.carom.mail.name.Confusables.letters(word) : word);
        }
        return out;
    }

    private static boolean isMixed(String word) {
        boolean latin = false;
        boolean other = false;
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c < 0x250) {
                latin |= c >= 'a';
            } else {
                other |= Character.isLetter(c);
            }
        }
        return latin && other;
    }

    private void brands(View v, List<String> head, Signs signs) {
        List<String> body = v.words.size() > 120 ? v.words.subList(0, 120) : v.words;
        for (Lists.Brand brand : lists.plainBrands(head)) {
            if (!SenderSigns.fits(brand.domains(), v.fromHost)) {
                signs.add("subject-brand", brand.name());
            }
        }
        // Who speaks of several speaks about them; who speaks of one may want to be taken for it.
        List<Lists.Brand> spoken = lists.plainBrands(folded(body));
        for (Lists.Brand brand : spoken.size() > 2 ? List.<Lists.Brand>of() : spoken) {
            boolean theirs = SenderSigns.fits(brand.domains(), v.fromHost);
            boolean leads = v.web().stream()
                    .anyMatch(t -> SenderSigns.fits(brand.domains(), t.address().host()));
            if (!theirs && !leads && !v.web().isEmpty()) {
                signs.add("speaks-of-brand", brand.name());
            }
        }
        for (OwnName name : names) {
            List<String> label = Words.of(name.name());
            if (!label.isEmpty() && !name.owns(v.fromHost) && java.util.Collections.indexOfSubList(head, label) >= 0) {
                signs.add("speaks-of-own", name.name());
            }
        }
    }

    private static void recipient(View v, String subject, Signs signs) {
        String low = subject.toLowerCase(Locale.ROOT);
        for (String recipient : v.readers()) {
            String local = recipient.substring(0, Math.max(0, recipient.indexOf('@')));
            if (low.contains(recipient)
                    || local.length() >= 5 && Words.of(subject).contains(local)) {
                signs.add("subject-recipient", subject);
            }
        }
        String plain = v.text.length() > 20_000 ? v.text.substring(0, 20_000) : v.text;
        String text = plain.toLowerCase(Locale.ROOT);
        for (String recipient : v.readers()) {
            // As a greeting, not as a line `To:` of what is answered to.
            int at = text.indexOf(recipient);
            if (at >= 0 && at < 300 && !v.list && !recipient.equals(v.from)) {
                signs.add("greets-address", recipient);
            }
        }
    }

    private static void written(View v, String subject, Signs signs) {
        if (isDisguised(subject)) {
            signs.add("subject-disguised", subject);
        }
        if (subject.codePoints().anyMatch(c -> c >= 0x1F300 && c < 0x1FB00 || c >= 0x2600 && c < 0x27C0)) {
            signs.add("subject-picture", subject);
        }
        if (NUMBER.matcher(subject).find()) {
            signs.add("subject-number", subject);
        }
        if (!v.pages.isEmpty()
                && v.mail.parts().stream().noneMatch(p -> p.text() != null && !p.isPage() && !p.isFile())) {
            signs.add("page-alone");
        }
        if (MONEY.matcher(subject).find()) {
            signs.add("subject-money", subject);
        }
        if (isShouted(subject)) {
            signs.add("subject-shouted", subject);
        }
        if (isNeedless(v.mail.written("subject")) || isNeedless(v.mail.written("from"))) {
            signs.add("header-encoded");
        }
        if (v.mail.parts().stream()
                .anyMatch(p -> p.encoded()
                        && p.text() != null
                        && !p.isFile()
                        && p.text().length() > 40
                        && p.text().chars().allMatch(c -> c < 0x80))) {
            signs.add("text-encoded");
        }
        String priority =
                v.mail.first("x-priority") + v.mail.first("importance").toLowerCase(Locale.ROOT);
        if (priority.startsWith("1") || priority.startsWith("2") || priority.contains("high")) {
            signs.add("priority-high");
        }
        if (v.mail.written("subject").isBlank()) {
            signs.add("subject-none");
        }
        for (PageReading page : v.pages) {
            List<String> pressed = page.links().stream()
                    .map(PageReading.Link::target)
                    .filter(t -> t.startsWith("http"))
                    .map(t -> t.split("[?#]", 2)[0])
                    .toList();
            if (pressed.size() >= 3 && Set.copyOf(pressed).size() * 3 <= pressed.size()) {
                signs.add("links-same", pressed.getFirst());
            }
        }
        int disguised = 0;
        int letters = 0;
        String text = v.text.length() > 50_000 ? v.text.substring(0, 50_000) : v.text;
        for (String word : text.split("\\s+")) {
            letters += word.length() > 2 ? 1 : 0;
            disguised += word.length() > 2 && word.length() < 60 && isDisguised(word) ? 1 : 0;
        }
        if (disguised >= 3 && disguised * 100 > letters) {
            signs.add("text-disguised", disguised + " words");
        }
        int hidden = 0;
        StringBuilder pages = new StringBuilder();
        int seen = 0;
        for (PageReading page : v.pages) {
            String bare = page.hidden().replaceAll("[\\s\\u00a0\\u00ad\\u034f\\u200b-\\u200f\\u2007\\ufeff]+", " ");
            hidden += bare.length();
            seen += page.visible().replaceAll("\\s+", " ").length();
            pages.append(page.scripts());
            if (page.asksPassword()) {
                signs.add("page-asks-password");
            }
            if (page.forms().stream().anyMatch(f -> !f.toLowerCase(Locale.ROOT).contains("search"))) {
                signs.add("page-form", page.forms().getFirst());
            }
            if (page.imageLinks() > 0 && page.visible().strip().length() < 200) {
                signs.add("page-is-image");
            }
            if (AttachmentSigns.smuggles(page.scripts())) {
                signs.add("page-smuggles");
            }
        }
        if (!pages.isEmpty() && pages.toString().strip().length() > 20) {
            signs.add("page-script");
        }
        if (hidden > 600 && hidden > seen / 4) {
            signs.add("text-hidden", hidden + " characters");
        }
        if (v.words.size() >= 3 && gibberish(v.words)) {
            signs.add("text-gibberish");
        }
        if (v.words.size() < 30 && !v.web().isEmpty()) {
            signs.add("text-short-with-link");
        }
    }

    /// Whether encoded words hold nothing that needed it.
    private static boolean isNeedless(String written) {
        int at = written.indexOf("=?");
        if (at < 0) {
            return false;
        }
        String plain = io.carom.source.mail.EncodedWords.decode(written);
        return written.toLowerCase(Locale.ROOT).contains("?b?")
                && plain.chars().allMatch(c -> c < 0x80)
                && plain.length() > 6;
    }

    private static boolean isShouted(String subject) {
        if (subject.contains("!!") || subject.contains("! !")) {
            return true;
        }
        long upper = subject.chars().filter(Character::isUpperCase).count();
        long lower = subject.chars().filter(Character::isLowerCase).count();
        return upper >= 12 && upper > 4 * lower;
    }

    /// Letters of other alphabets or of mathematics among Latin ones, or invisible signs within a word.
    static boolean isDisguised(String text) {
        boolean latin = false;
        boolean alike = false;
        boolean maths = false;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            int next = i + Character.charCount(c);
            if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
                latin = true;
            } else if (c >= 0x1D400 && c <= 0x1D7FF
                    || c >= 0xFF21 && c <= 0xFF5A
                    || c >= 0x24B6 && c <= 0x24E9
                    || c >= 0x1F130 && c <= 0x1F189) {
                maths = true;
            } else if (c >= 0x370 && c <= 0x52F || c >= 0x13A0 && c <= 0x13FF || c >= 0xA4D0 && c <= 0xA4FF) {
                alike = true;
            } else if ((c == 0x200B
                            || c == 0x200C
                            || c == 0x200D
                            || c == 0x2060
                            || c == 0xAD
                            || c == 0x34F
                            || c == 0xFEFF)
                    && i > 0
                    && next < text.length()
                    && isLatin(text.charAt(i - 1))
                    && isLatin(text.charAt(next))
                    && c != 0xAD) {
                return true;
            }
            i = next;
        }
        return maths || latin && alike && hasMixedWord(text);
    }

    private static boolean hasMixedWord(String text) {
        for (String word : text.split("[^\\p{L}]+")) {
            if (isMixed(word.toLowerCase(Locale.ROOT))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isLatin(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    /// Words that no language has, to be another mail each time.
    private static boolean gibberish(List<String> words) {
        int strange = 0;
        int long5 = 0;
        for (String word : words.subList(0, Math.min(400, words.size()))) {
            if (word.length() >= 6 && word.chars().allMatch(c -> c >= 'a' && c <= 'z')) {
                long5++;
                strange += SenderSigns.isRandomWord(word) ? 1 : 0;
            }
        }
        return strange >= 5 && strange * 5 > long5;
    }
}
