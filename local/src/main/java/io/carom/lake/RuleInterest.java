package io.carom.lake;

import io.carom.detect.sigma.LogSource;
import io.carom.detect.sigma.LogSources;
import io.carom.detect.sigma.LogSources.Looks;
import io.carom.detect.sigma.LogSources.Needed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/// Which kept events a set of Sigma rules can look at, by class, format and columns: what no rule can look at is not
/// read for them.
public final class RuleInterest {
    private final List<List<List<Looks>>> asked;

    /// @param of the log sources of all rules that are asked
    public RuleInterest(LogSources sources, Collection<LogSource> of) {
        Set<List<List<Looks>>> all = new LinkedHashSet<>();
        of.forEach(one -> all.add(sources.looks(one)));
        asked = List.copyOf(all);
    }

    /// What rows of a class and layout must be, as SQL; null if no rule can look at any of them.
    @Nullable
    String where(int uid, Schema schema) {
        Set<String> any = new LinkedHashSet<>();
        for (List<List<Looks>> rule : asked) {
            List<String> parts = new ArrayList<>();
            boolean never = false;
            for (List<Looks> part : rule) {
                String one = part(part, uid, schema);
                never |= one == null;
                if (one != null && !one.isEmpty()) {
                    parts.add("(" + one + ")");
                }
            }
            if (never) {
                continue;
            }
            if (parts.isEmpty()) {
                return "true";
            }
            any.add(parts.stream().distinct().collect(Collectors.joining(" AND ")));
        }
        return any.isEmpty() ? null : "(" + String.join(" OR ", any) + ")";
    }

    /// One of them must hold: null if none can, empty if every row does.
    private static @Nullable String part(List<Looks> part, int uid, Schema schema) {
        Set<String> any = new LinkedHashSet<>();
        for (Looks looks : part) {
            List<String> all = new ArrayList<>();
            if (!looks.classes().isEmpty() && !looks.classes().contains(uid) || !columns(looks, schema, all)) {
                continue;
            }
            if (!looks.readers().isEmpty()) {
                all.add(readers(looks.readers()));
            }
            if (all.isEmpty()) {
                return "";
            }
            any.add(String.join(" AND ", all));
        }
        return any.isEmpty() ? null : String.join(" OR ", any);
    }

    private static String readers(Set<String> names) {
        return names.stream()
                .sorted()
                .map(name -> name.endsWith("*")
                        ? "starts_with(" + Layout.SOURCE + ", " + Layout.literal(name.substring(0, name.length() - 1))
                                + ")"
                        : Layout.SOURCE + " = " + Layout.literal(name))
                .collect(Collectors.joining(" OR ", "(", ")"));
    }

    /// False if a column that must have a value is not there.
    private static boolean columns(Looks looks, Schema schema, List<String> all) {
        for (Needed needed : looks.needed()) {
            String place = Layout.place(needed.attribute());
            Types.NestedField field = schema.findField(place);
            if (field == null) {
                return false;
            }
            if (field.type().typeId() == Type.TypeID.STRING) {
                all.add(value(needed, KeptRows.expression(place)));
            }
        }
        return true;
    }

    private static String value(Needed needed, String column) {
        List<String> any = new ArrayList<>();
        if (needed.any()) {
            return column + " IS NOT NULL";
        }
        if (!needed.exact().isEmpty()) {
            any.add("lower(" + column + ") IN ("
                    + needed.exact().stream().sorted().map(Layout::literal).collect(Collectors.joining(", ")) + ")");
        }
        for (String begins : needed.begins()) {
            any.add("starts_with(lower(" + column + "), " + Layout.literal(begins) + ")");
        }
        return any.isEmpty() ? "false" : "(" + String.join(" OR ", any) + ")";
    }
}
