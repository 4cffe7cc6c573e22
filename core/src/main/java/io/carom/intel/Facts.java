package io.carom.intel;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What one origin says of an indicator.
///
/// @param origin the place: `feed.csv:12`, `bundle.json#indicator--…`
/// @param source who says so; empty if nobody is named
/// @param comment for people; may be empty
/// @param id of the object or attribute at its origin; may be empty
/// @param confidence 0 to 100, -1 if none is stated
/// @param pap MISP's Permissible Actions Protocol: `RED`, `AMBER`, `GREEN`, `CLEAR`; empty if none is
/// stated
/// @param made when its origin last changed it
/// @param detect whether its origin means it for detection; otherwise it is context
/// @param killChain phases: `mitre-attack:initial-access`
/// @param labels tags and labels, as they were
public record Facts(
        String origin,
        String source,
        String comment,
        String id,
        int confidence,
        @Nullable Tlp tlp,
        String pap,
        @Nullable Instant made,
        @Nullable Instant validFrom,
        @Nullable Instant validUntil,
        boolean revoked,
        boolean detect,
        List<String> killChain,
        List<String> labels) {
    /// Characters of a comment, and of a label; the rest is cut.
    static final int MAX_COMMENT = 4_000;

    /// Phases and labels of one indicator.
    static final int MAX_LABELS = 200;

    public Facts {
        comment = cut(comment);
        source = cut(source);
        pap = permitted(pap);
        killChain = bounded(killChain);
        labels = bounded(labels);
        if (confidence < -1 || confidence > 100) {
            throw new IllegalArgumentException("confidence is 0 to 100, not " + confidence);
        }
    }

    /// What PAP allows the least comes last.
    static final List<String> PAPS = List.of("CLEAR", "GREEN", "AMBER", "RED");

    /// A marking of PAP by its name alone. What nobody understands allows nothing that could be noticed.
    private static String permitted(String text) {
        String name = text.strip().toUpperCase(Locale.ROOT);
        name = name.startsWith("PAP:") ? name.substring(4).strip() : name;
        return switch (name) {
            case "", "-", "NONE", "NULL", "N/A" -> "";
            case "WHITE" -> "CLEAR";
            default -> PAPS.contains(name) ? name : "RED";
        };
    }

    private static String cut(String text) {
        return text.length() > MAX_COMMENT ? text.substring(0, MAX_COMMENT) + "…" : text;
    }

    private static List<String> bounded(List<String> texts) {
        return texts.stream().distinct().limit(MAX_LABELS).map(Facts::cut).toList();
    }

    /// In a line, for findings: comment, source, confidence, TLP, PAP.
    String told() {
        List<String> parts = new ArrayList<>();
        if (!comment.isBlank()) {
            parts.add(comment);
        }
        if (!source.isBlank()) {
            parts.add("from " + source);
        }
        if (confidence >= 0) {
            parts.add("confidence " + confidence);
        }
        if (tlp != null) {
            parts.add(tlp.label());
        }
        if (!pap.isEmpty()) {
            parts.add("PAP:" + pap);
        }
        return String.join("; ", parts);
    }

    /// Whether its origin still stands for it at that time.
    public boolean validAt(Instant time) {
        return !revoked && (validUntil == null || time.isBefore(validUntil));
    }

    public static Draft at(String origin) {
        return new Draft(origin);
    }

    /// These facts, to be changed.
    public Draft draft() {
        Draft draft = new Draft(origin);
        draft.source = source;
        draft.comment = comment;
        draft.id = id;
        draft.confidence = confidence;
        draft.tlp = tlp;
        draft.pap = pap;
        draft.made = made;
        draft.validFrom = validFrom;
        draft.validUntil = validUntil;
        draft.revoked = revoked;
        draft.detect = detect;
        draft.killChain.addAll(killChain);
        draft.labels.addAll(labels);
        return draft;
    }

    /// Facts while they are gathered.
    public static final class Draft {
        public String origin;
        public String source = "";
        public String comment = "";
        public String id = "";
        public int confidence = -1;
        public @Nullable Tlp tlp;
        public String pap = "";
        public @Nullable Instant made;
        public @Nullable Instant validFrom;
        public @Nullable Instant validUntil;
        public boolean revoked;
        public boolean detect = true;
        public final List<String> killChain = new ArrayList<>();
        public final List<String> labels = new ArrayList<>();

        private Draft(String origin) {
            this.origin = origin;
        }

        /// Takes a label for what it says: TLP, PAP, a phase, confidence, or just a label.
        void label(String label) {
            String text = label.strip();
            String low = text.toLowerCase(Locale.ROOT);
            Tlp light = low.startsWith("tlp:") ? Tlp.stated(text) : null;
            if (light != null) {
                tlp = Tlp.stricter(tlp, light);
                return;
            }
            if (low.startsWith("pap:")) {
                String name = permitted(text);
                pap = PAPS.indexOf(name) > PAPS.indexOf(permitted(pap)) ? name : pap;
                return;
            }
            switch (low) {
                case "misp:confidence-level=\"completely-confident\"" -> confidence = 100;
                case "misp:confidence-level=\"usually-confident\"" -> confidence = 75;
                case "misp:confidence-level=\"fairly-confident\"" -> confidence = 50;
                case "misp:confidence-level=\"rarely-confident\"" -> confidence = 25;
                case "misp:confidence-level=\"unconfident\"" -> confidence = 0;
                case "misp:to_ids=\"false\"", "false-positive:confirmed=\"true\"" -> detect = false;
                default -> {}
            }
            if (!text.isEmpty()) {
                labels.add(text);
            }
        }

        public Facts done() {
            return new Facts(
                    origin,
                    source,
                    comment,
                    id,
                    confidence,
                    tlp,
                    pap,
                    made,
                    validFrom,
                    validUntil,
                    revoked,
                    detect,
                    killChain,
                    labels);
        }
    }
}
