package io.carom.detect.behaviour;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// How far countries lie apart at least, from `countries.txt` beside this class.
final class Countries {
    private static final double EARTH = 6371;

    private record Place(double north, double east, double wide) {}

    private static final Map<String, Place> PLACES = read();

    private Countries() {}

    private static Map<String, Place> read() {
        Map<String, Place> places = new HashMap<>();
        try (InputStream in = Objects.requireNonNull(Countries.class.getResourceAsStream("countries.txt"));
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#")) {
                    String[] part = line.split(" ", 4);
                    places.put(
                            part[0],
                            new Place(
                                    Math.toRadians(Double.parseDouble(part[1])),
                                    Math.toRadians(Double.parseDouble(part[2])),
                                    Double.parseDouble(part[3])));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return places;
    }

    /// The code if it is known, else empty. Products write it in either case.
    static String code(String country) {
        String code = country.length() == 2 ? country.toUpperCase(Locale.ROOT) : "";
        return PLACES.containsKey(code) ? code : "";
    }

    /// Kilometres between the nearest places where people live; 0 for neighbours and for codes not known.
    static double apart(String one, String other) {
        Place a = PLACES.get(one);
        Place b = PLACES.get(other);
        if (a == null || b == null || one.equals(other)) {
            return 0;
        }
        double north = Math.sin((b.north - a.north) / 2);
        double east = Math.sin((b.east - a.east) / 2);
        double h = north * north + Math.cos(a.north) * Math.cos(b.north) * east * east;
        double middle = 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(h)));
        return Math.max(0, middle - a.wide - b.wide);
    }
}
