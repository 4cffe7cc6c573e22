package io.carom.cli;

import io.carom.intel.Candidates;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

/// Which candidates of an advisory are taken: the certain ones, all, or those that a person says yes
/// to, who sees each with its place and the line around it.
final class Confirmation implements Predicate<Candidates.Candidate> {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// What to do with candidates.
    enum Way {
        CERTAIN,
        ALL,
        ASK,
        SHOW
    }

    private final Common common;
    private final Way way;
    private @Nullable BufferedReader answers;
    private boolean all;
    private boolean none;

    Confirmation(Common common, Way way) {
        this.common = common;
        this.way = way;
    }

    @Override
    public boolean test(Candidates.Candidate candidate) {
        return switch (way) {
            case CERTAIN -> candidate.certain();
            case ALL -> true;
            case SHOW -> {
                show(candidate);
                yield false;
            }
            case ASK -> all || !none && ask(candidate);
        };
    }

    private static String line(Candidates.Candidate c) {
        return c.indicator().type().label() + " " + Shown.text(c.indicator().value(), 200) + "  ["
                + Shown.text(c.indicator().facts().origin(), 200) + "]" + (c.certain() ? "" : "  may be a reference")
                + "\n    " + Shown.text(c.context(), 160);
    }

    private void show(Candidates.Candidate c) {
        if (common.json) {
            common.out()
                    .println(JSON.writeValueAsString(JSON.createObjectNode()
                            .put("candidate", c.indicator().value())
                            .put("type", c.indicator().type().label())
                            .put("place", c.indicator().facts().origin())
                            .put("certain", c.certain())
                            .put("context", c.context())));
        } else {
            common.out().println(line(c));
        }
    }

    private boolean ask(Candidates.Candidate c) {
        var err = java.util.Objects.requireNonNull(common.spec).commandLine().getErr();
        err.println(line(c));
        err.print("  take it? [y]es, [n]o, [a]ll that follow, [q]uit: ");
        err.flush();
        try {
            BufferedReader in = answers;
            if (in == null) {
                in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
                answers = in;
            }
            String answer = in.readLine();
            String low = answer == null ? "q" : answer.strip().toLowerCase(Locale.ROOT);
            all = low.startsWith("a");
            none = low.startsWith("q");
            return all || low.startsWith("y");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
