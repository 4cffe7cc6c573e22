package io.carom.victim;

/// How far a text is from a name, counted as people mistype: letters swapped, doubled, left out, one beside the
/// right one on the keyboard. After Damerau (1964), restricted to neighbours, with weights.
final class Misspelling {
    /// From this length two letters may be wrong.
    static final int TWO_FROM = 10;

    private static final String[] ROWS = {"qwertyuiop", "asdfghjkl", "zxcvbnm"};
    private static final String VOWELS = "aeiouy";

    private Misspelling() {}

    /// The distance that a name of this length may be away.
    static double most(int length) {
        return length >= TWO_FROM ? 2 : length >= Forms.MISSPELLED ? 1 : 0;
    }

    /// Weighted edits between two texts; more than `most` may be told as any number above it.
    static double distance(String a, String b) {
        double[][] d = new double[a.length() + 1][b.length() + 1];
        for (int i = 1; i <= a.length(); i++) {
            d[i][0] = d[i - 1][0] + 1;
        }
        for (int j = 1; j <= b.length(); j++) {
            d[0][j] = d[0][j - 1] + 1;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                char x = a.charAt(i - 1);
                char y = b.charAt(j - 1);
                double best = d[i - 1][j - 1] + (x == y ? 0 : swap(x, y) + (i == 1 ? 0.5 : 0));
                best = Math.min(best, d[i - 1][j] + (i > 1 && a.charAt(i - 2) == x ? 0.7 : 1));
                best = Math.min(best, d[i][j - 1] + (j > 1 && b.charAt(j - 2) == y ? 0.7 : 1));
                if (i > 1 && j > 1 && x == b.charAt(j - 2) && y == a.charAt(i - 2)) {
                    best = Math.min(best, d[i - 2][j - 2] + 0.8);
                }
                d[i][j] = best;
            }
        }
        return d[a.length()][b.length()];
    }

    /// Another letter than the right one: likelier where both are vowels, sound or look alike, or lie side by side.
    private static double swap(char x, char y) {
        if (VOWELS.indexOf(x) >= 0 && VOWELS.indexOf(y) >= 0 || alike(x, y) || alike(y, x)) {
            return 0.9;
        }
        return beside(x, y) ? 1 : 1.4;
    }

    private static boolean alike(char x, char y) {
        return switch (x) {
            case 'c' -> y == 'k' || y == 's';
            case 's' -> y == 'z';
            case 'v' -> y == 'w' || y == 'f' || y == 'u';
            case 'i' -> y == 'l' || y == 'j';
            case 'q' -> y == 'g' || y == 'k';
            case 'm' -> y == 'n';
            default -> false;
        };
    }

    private static boolean beside(char x, char y) {
        for (int row = 0; row < ROWS.length; row++) {
            int at = ROWS[row].indexOf(x);
            if (at < 0) {
                continue;
            }
            int same = ROWS[row].indexOf(y);
            if (same >= 0) {
                return Math.abs(same - at) == 1;
            }
            if (row + 1 < ROWS.length) {
                int below = ROWS[row + 1].indexOf(y);
                if (below >= 0) {
                    return below == at || below == at - 1;
                }
            }
            if (row > 0) {
                int above = ROWS[row - 1].indexOf(y);
                if (above >= 0) {
                    return above == at || above == at + 1;
                }
            }
            return false;
        }
        return false;
    }
}
