package io.carom.mail.name;

import com.ibm.icu.text.IDNA;
import io.carom.observe.Domains;
import io.carom.text.EditDistance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds host names that are made to be taken for an organisation's own.
///
/// By way of making: characters that look alike (Unicode confusables, IDN), letters left out,
/// doubled, swapped or mistyped, a hyphen or dot put in, words put before or behind
/// ("combosquatting", Kintis et al., CCS 2017), the own domain in front of another, another ending.
/// Bounded: remembers what it was asked last. Not safe for many threads.
public final class LookAlikes {
    /// @param how in words
    /// @param sure from 0 to 1: another ending may be the organisation's own or somebody's who is
    /// called so
    public record Match(OwnName whose, String domain, How how, double sure) {}

    /// The ways of making one.
    public enum How {
        HOMOGLYPH("looks the same by characters that are alike"),
        MISTYPED("is a letter away"),
        SPLIT("is the same with hyphens or dots put in"),
        COMBINED("is the name with words put to it"),
        CARRIED("carries the domain in front of another"),
        ENDING("is the name under another ending");

        private final String words;

        How(String words) {
            this.words = words;
        }

        /// In words, behind the name.
        public String words() {
            return words;
        }
    }

    private static final int REMEMBERED = 1 << 14;
    private static final IDNA UTS46 = IDNA.getUTS46Instance(IDNA.NONTRANSITIONAL_TO_UNICODE);

    /// Words that are put to names in lures.
    private static final Set<String> LURES = Set.of(
            ("access account accounts activation admin agree click enroll find alert alerts api app apps auth authenticate author backup bank"
                            + " banking billing blog business care cdn center central check claim client cloud club"
                            + " com confirm connect contact corp create customer customers dashboard data deliver"
                            + " delivery desk dev direct docs document download edit email employee exchange express"
                            + " file files finance ftp get global go group help helpdesk home hotline hr id identity"
                            + " image img inc info intern internal internet intranet invoice invoices it jobs"
                            + " kundenservice live ln login logon mail mails manage marketing member message mfa mobile"
                            + " monitor my net network news notice notification o365 office ok okta online order org"
                            + " owa pay payment payments payroll plus portal private pro prod program proxy recover"
                            + " recovery register remote reset safe safety search secure secured securemail security"
                            + " send server service services share sharepoint shop sign signin site sms sso staff"
                            + " staging static status store stream supplier support survey system team tech terms test"
                            + " testing tools track tracking transfer trust update updates upgrade us user validation"
                            + " vendor verification verify video vpn wallet web webmail work wp www")
                    .split(" "));

    private record Own(OwnName whose, String domain, String label, String letters, String folded) {}

    private final List<Own> own = new ArrayList<>();
    private final Domains domains = new Domains();
    private final Set<String> ownDomains = new HashSet<>();
    private final Map<String, @Nullable Match> known = new LinkedHashMap<>(256, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, @Nullable Match> eldest) {
            return size() > REMEMBERED;
        }
    };

    public LookAlikes(List<OwnName> names) {
        for (OwnName name : names) {
            for (String domain : name.domains()) {
                String registered = domains.registrable(domain);
                String label = label(registered.isEmpty() ? domain : registered);
                ownDomains.add(domain);
                if (label.length() >= 3) {
                    own.add(new Own(name, domain, label, Confusables.letters(label), Confusables.folded(label)));
                }
            }
        }
    }

    /// Whether the name is in one of the domains that are looked after.
    public boolean isOwn(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return ownDomains.stream().anyMatch(d -> name.equals(d) || name.endsWith("." + d));
    }

    private static String label(String domain) {
        int dot = domain.indexOf('.');
        return dot < 0 ? domain : domain.substring(0, dot);
    }

    /// Whose name a host is taken for though it is not theirs; null if nobody's.
    ///
    /// @param host in lower case or not, as ASCII (`xn--`) or in its characters
    public @Nullable Match find(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (known.containsKey(name)) {
            return known.get(name);
        }
        Match match = name.length() > 255 || name.indexOf('.') < 1 || isOwn(name) ? null : search(name);
        known.put(name, match);
        return match;
    }

    private @Nullable Match search(String name) {
        for (Own o : own) {
            if (("." + name).contains("." + o.domain + ".")) {
                return new Match(o.whose, o.domain, How.CARRIED, 0.95);
            }
        }
        String ascii = name;
        String shown = unicode(name);
        String registered = domains.registrable(ascii);
        if (registered.isEmpty() && !shown.equals(ascii)) {
            registered = domains.registrable(shown);
        }
        if (registered.isEmpty()) {
            registered = name;
        }
        String label = unicode(label(registered));
        String letters = Confusables.letters(label);
        String folded = Confusables.folded(label);
        Match best = null;
        for (Own o : own) {
            Match match = compare(o, label, letters, folded, shown, registered);
            if (match != null && (best == null || match.sure > best.sure)) {
                best = match;
            }
        }
        return best;
    }

    private static String unicode(String name) {
        if (!name.contains("xn--")) {
            return name;
        }
        StringBuilder out = new StringBuilder();
        UTS46.nameToUnicode(name, out, new IDNA.Info());
        return out.toString().toLowerCase(Locale.ROOT);
    }

    private @Nullable Match compare(
            Own o, String label, String letters, String folded, String shown, String registered) {
        if (label.equals(o.label)) {
            return registered.equals(domains.registrable(o.domain))
                    ? null
                    : new Match(o.whose, o.domain, How.ENDING, o.label.length() < 5 ? 0.3 : 0.6);
        }
        if (letters.equals(o.letters) || folded.equals(o.folded) || same(letters, o.letters)) {
            return new Match(o.whose, o.domain, How.HOMOGLYPH, 0.95);
        }
        String joined = letters.replace("-", "");
        if (joined.equals(o.letters.replace("-", ""))) {
            return new Match(o.whose, o.domain, How.SPLIT, 0.9);
        }
        // A dot put in: what stands before the ending, without it.
        String ending = registered.substring(
                Math.min(registered.length(), label(registered).length()));
        String front = shown.endsWith(ending) ? shown.substring(0, shown.length() - ending.length()) : shown;
        if (front.indexOf('.') > 0
                && Confusables.letters(front.replace(".", "")).equals(o.letters)) {
            return new Match(o.whose, o.domain, How.SPLIT, 0.9);
        }
        if (isCombined(o, label, letters)) {
            return new Match(o.whose, o.domain, How.COMBINED, o.label.length() < 5 ? 0.6 : 0.85);
        }
        // With any other word before or behind it may be another's name in earnest.
        if (o.label.length() >= 5 && (letters.startsWith(o.letters) || letters.endsWith(o.letters))) {
            return new Match(o.whose, o.domain, How.COMBINED, o.label.length() < 7 ? 0.5 : 0.7);
        }
        // One word of several changed for another: `access-bank` for `northwind-bank`, often another's own.
        if (o.label.indexOf('-') > 0 && isReplaced(label, o.label)) {
            return new Match(o.whose, o.domain, How.COMBINED, 0.3);
        }
        int length = o.label.length();
        if (length >= 5) {
            boolean around = length >= 7
                    && label.length() > 6
                    && label.startsWith(o.label.substring(0, 3))
                    && label.endsWith(o.label.substring(length - 3));
            int most = length >= 9 || around ? 2 : 1;
            int distance = Math.min(distance(label, o.label, most), distance(folded, o.folded, most));
            if (distance <= 1 || most == 2 && distance == 2 && label.charAt(0) == o.label.charAt(0)) {
                double sure = distance == 1 ? length >= 7 ? 0.9 : 0.75 : 0.6;
                // Characters of another script in it are no slip of a finger.
                sure = label.chars().anyMatch(c -> c >= 0x80) ? 0.95 : sure;
                return new Match(o.whose, o.domain, How.MISTYPED, sure);
            }
        } else if (length == 4 && isSwapped(label, o.label)) {
            return new Match(o.whose, o.domain, How.MISTYPED, 0.6);
        }
        return null;
    }

    /// Whether the words are the same where `i` and `l`, folded to one, or pairs may be read either
    /// way.
    private static boolean same(String letters, String own) {
        return letters.length() >= own.length()
                && letters.length() <= own.length() + 6
                && reads(letters, 0, own, 0, new HashMap<>());
    }

    private static final String[][] PAIRS = {
        {"rn", "m"}, {"nn", "m"}, {"vv", "w"}, {"uu", "w"}, {"vu", "w"}, {"uv", "w"}, {"ci", "d"}, {"ii", "u"},
        {"ri", "n"}, {"ic", "k"}, {"ii", "i"}, {"cj", "g"}, {"iz", "k"}, {"ix", "k"}, {"xv", "w"}, {"ki", "b"},
        {"di", "a"}, {"ce", "e"}, {"cc", "o"}, {"ib", "b"}, {"ii", "n"}, {"pp", "pp"}, {"di", "d"}, {"dl", "d"},
        {"lb", "b"}, {"lc", "k"}, {"oo", "oo"}, {"si", "s"}, {"ji", "j"}
    };

    private static boolean reads(String text, int at, String own, int of, Map<Integer, Boolean> seen) {
        if (at == text.length() || of == own.length()) {
            return at == text.length() && of == own.length();
        }
        int key = at << 8 | of;
        Boolean before = seen.get(key);
        if (before != null) {
            return before;
        }
        boolean found = text.charAt(at) == own.charAt(of) && reads(text, at + 1, own, of + 1, seen);
        for (int i = 0; i < PAIRS.length && !found; i++) {
            found = text.startsWith(PAIRS[i][0], at)
                    && own.startsWith(PAIRS[i][1], of)
                    && reads(text, at + PAIRS[i][0].length(), own, of + PAIRS[i][1].length(), seen);
        }
        seen.put(key, found);
        return found;
    }

    private static boolean isCombined(Own o, String label, String letters) {
        if (o.label.length() < 4) {
            return false;
        }
        return isCombined(label, o.label) || isCombined(letters, o.letters);
    }

    private static boolean isCombined(String text, String name) {
        int at = text.indexOf(name);
        while (at >= 0) {
            String before = text.substring(0, at);
            String behind = text.substring(at + name.length());
            boolean apart = (before.isEmpty() || before.endsWith("-")) && (behind.isEmpty() || behind.startsWith("-"));
            if (apart || isLure(before) && isLure(behind)) {
                return true;
            }
            at = text.indexOf(name, at + 1);
        }
        return false;
    }

    private static boolean isReplaced(String label, String own) {
        String[] words = label.split("-");
        String[] owns = own.split("-");
        int same = 0;
        for (int i = 0; i < words.length && words.length == owns.length; i++) {
            same += words[i].equals(owns[i]) ? 1 : 0;
            if (!words[i].equals(owns[i]) && !isLure(words[i])) {
                return false;
            }
        }
        return same > 0;
    }

    private static boolean isLure(String word) {
        String bare = word.replaceAll("^[-0-9]+|[-0-9]+$", "");
        return bare.isEmpty() || LURES.contains(bare);
    }

    private static boolean isSwapped(String a, String b) {
        if (a.length() != b.length()) {
            return false;
        }
        for (int i = 0; i + 1 < a.length(); i++) {
            String swapped = a.substring(0, i) + a.charAt(i + 1) + a.charAt(i) + a.substring(i + 2);
            if (swapped.equals(b)) {
                return true;
            }
        }
        return false;
    }

    /// Letters to put in, leave out, change or swap with the next (optimal string alignment); more
    /// than `most` is any number above it.
    public static int distance(String a, String b, int most) {
        if (Math.abs(a.length() - b.length()) > most) {
            return most + 1;
        }
        return EditDistance.between(a, b);
    }
}
