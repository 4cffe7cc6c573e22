package io.carom.server.taxii;

import io.carom.server.http.Refused;
import io.javalin.http.Context;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Which form of answer is wanted, and in which form something comes: TAXII 2.1, section 1.6.8.
final class MediaTypes {
    static final String TAXII = "application/taxii+json;version=2.1";
    private static final String PLAIN = "application/taxii+json";

    private MediaTypes() {}

    /// @throws Refused with 406 if the asker takes nothing that there is
    static void accepted(Context context) throws Refused {
        String accept = context.header("Accept");
        if (accept == null || accept.isBlank()) {
            return;
        }
        for (String one : accept.split(",", -1)) {
            List<String> parts = parts(one);
            String type = parts.getFirst();
            boolean any = type.equals("*/*") || type.equals("application/*");
            if ((any || type.equals(PLAIN) && version(parts)) && !refusedByQuality(parts)) {
                return;
            }
        }
        throw new Refused(406, "Not acceptable", "The answer is " + TAXII + "; \"Accept\" asks for something else.");
    }

    /// @throws Refused with 415 if what comes is of another form
    static void understood(@Nullable String contentType) throws Refused {
        if (contentType != null) {
            List<String> parts = parts(contentType);
            if (parts.getFirst().equals(PLAIN) && version(parts)) {
                return;
            }
        }
        throw new Refused(415, "Unsupported media type", "Objects are sent as " + TAXII + ".");
    }

    /// In lower case, without blanks: the type, then its parameters.
    private static List<String> parts(String text) {
        return List.of(
                text.replace(" ", "").replace("\t", "").toLowerCase(Locale.ROOT).split(";", -1));
    }

    /// Whether no other version is meant.
    private static boolean version(List<String> parts) {
        return parts.stream()
                .filter(p -> p.startsWith("version="))
                .allMatch(p -> p.equals("version=2.1") || p.equals("version=\"2.1\""));
    }

    private static boolean refusedByQuality(List<String> parts) {
        return parts.stream().anyMatch(p -> p.matches("q=0(\\.0*)?"));
    }
}
