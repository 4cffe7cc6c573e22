package io.carom.scenario;

import java.util.HashSet;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/// Words, people and addresses that exist nowhere.
final class Names {
    private static final String[] SYLLABLES = {
        "al", "ber", "cor", "dan", "el", "fen", "gar", "hal", "im", "jor", "kel", "lan", "mar", "nor", "or", "pel",
        "quin", "ros", "sel", "tor", "um", "val", "wes", "yar", "zen", "bri", "cal", "dro", "fal", "gri"
    };
    private static final String[] ENDINGS = {
        "tech", "works", "foods", "bank", "lines", "media", "care", "steel", "energy", "retail", "pharma", "air"
    };
    private static final String[] FIRST = {
        "anna", "ben", "carla", "david", "elif", "farid", "grace", "hugo", "ines", "jonas", "kavya", "liam", "maria",
        "nils", "olga", "pedro", "qing", "rosa", "samir", "tara", "uma", "viktor", "wen", "xenia", "yusuf", "zoe"
    };
    private static final int[] BLOCKS = {23, 31, 45, 52, 64, 77, 80, 91, 104, 138, 151, 176, 185, 193, 212};

    private final Set<String> taken = new HashSet<>();

    /// A word nobody else has.
    String word(Random random) {
        while (true) {
            String word = pick(random, SYLLABLES)
                    + pick(random, SYLLABLES)
                    + (random.nextBoolean() ? pick(random, SYLLABLES) : "");
            if (taken.add(word)) {
                return word;
            }
            if (taken.size() > 15_000) {
                String numbered = word + taken.size();
                taken.add(numbered);
                return numbered;
            }
        }
    }

    /// Capital letters for a name that no other name has: its first four, or more.
    String letters(String name) {
        String all = name.toUpperCase(Locale.ROOT).replace("-", "");
        for (int length = Math.min(4, all.length()); length < all.length(); length++) {
            if (taken.add(all.substring(0, length))) {
                return all.substring(0, length);
            }
        }
        return all;
    }

    String company(Random random) {
        return word(random) + pick(random, ENDINGS);
    }

    static String first(Random random) {
        return pick(random, FIRST);
    }

    static <T> T pick(Random random, T[] of) {
        return of[random.nextInt(of.length)];
    }

    /// An address outside everybody's networks: never a private, multicast or documentation one.
    static String outside(Random random) {
        int first = BLOCKS[random.nextInt(BLOCKS.length)];
        return first + "." + random.nextInt(256) + "." + random.nextInt(256) + "." + (1 + random.nextInt(254));
    }
}
