package io.carom.mail.name;

import com.ibm.icu.text.Normalizer2;
import com.ibm.icu.text.SpoofChecker;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// What a text looks like: characters that look alike become one (Unicode Technical Standard 39),
/// accents are left out, and so are pairs of letters that pass for one.
public final class Confusables {
    private static final SpoofChecker CHECKER = new SpoofChecker.Builder().build();
    private static final Normalizer2 NFKD = Normalizer2.getNFKDInstance();

    /// Letters that Unicode's table keeps apart and a reader does not.
    private static final Map<Integer, String> MORE = new HashMap<>();

    static {
        String[] alike = {
            "aɑαаạ4@", "bƀƃɓЬьƅ", "cƈçćĉċčсϲᴄ", "dđɗďḍժԁ", "eеёɛĕęėє3", "fƒϝ", "gɡğģǧġɢց9q", "hħɦнḥһ",
            "iíìïɩıΙιіӏ1l|!ľĺŀļłḷ", "jʝјǰ", "kκкķƙ", "mṃʍм", "nņńňñṅηпɴ", "o0οоØøöóòôõӧօ", "pρр", "rгʀŗŕř",
            "sѕśşšṡ5", "tţťŧтτ7", "uυцüúùûụʋս", "vνѵᴠ", "wԝѡŵẁẃẅɯш", "xхχ", "yуýÿγʏ", "zżźžƶᴢ2"
        };
        for (String set : alike) {
            set.codePoints().skip(1).forEach(c -> MORE.put(c, set.substring(0, 1)));
        }
        MORE.remove((int) 'q');
    }

    private Confusables() {}

    /// The letters a reader takes the text for, in lower case. `rn` is read as `m`, `vv` as `w`,
    /// `cl` as `d`.
    public static String folded(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        StringBuilder out = new StringBuilder(lower.length());
        for (int point : lower.codePoints().toArray()) {
            fold(point, out);
        }
        String one = out.toString();
        return one.replace("rn", "m")
                .replace("vv", "w")
                .replace("uu", "w")
                .replace("vu", "w")
                .replace("uv", "w")
                .replace("cl", "d")
                .replace("ci", "d")
                .replace("nn", "m")
                .replace("ri", "n");
    }

    /// The letters a reader takes single characters for, in lower case; pairs stay.
    public static String letters(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int point : text.toLowerCase(Locale.ROOT).codePoints().toArray()) {
            fold(point, out);
        }
        return out.toString();
    }

    private static void fold(int point, StringBuilder out) {
        String more = MORE.get(point);
        if (more != null) {
            out.append(more);
        } else if (point < 0x80) {
            out.appendCodePoint(point);
        } else {
            String plain = NFKD.normalize(CHECKER.getSkeleton(Character.toString(point)));
            for (int part : plain.toLowerCase(Locale.ROOT).codePoints().toArray()) {
                int type = Character.getType(part);
                if (type == Character.NON_SPACING_MARK
                        || type == Character.ENCLOSING_MARK
                        || type == Character.FORMAT) {
                    continue;
                }
                String known = MORE.get(part);
                if (known != null) {
                    out.append(known);
                } else {
                    out.appendCodePoint(part);
                }
            }
        }
    }
}
