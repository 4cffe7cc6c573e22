package io.carom.detect.sigma;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A Sigma detection rule (Sigma rules specification 2.1).
///
/// @param id its UUID as written; where a rule has none, one made from its file and place
/// @param name short name by which correlations may call it
/// @param status `stable`, `test`, `experimental`, `deprecated` or `unsupported`
/// @param tags as written: `attack.t1021.001`, `cve.2021-44228`
/// @param fields that its author would look at next
/// @param expression what it asks of an event; several conditions are an Or
/// @param waitsFor placeholders (`expand`) for which nobody gave values; such a rule matches nothing
/// @param file as shown to the user
/// @param line of the file at which its document begins, from 1
public record Rule(
        String id,
        @Nullable String name,
        String title,
        String description,
        String status,
        Level level,
        LogSource logSource,
        String author,
        List<String> tags,
        List<String> references,
        List<String> falsePositives,
        List<String> fields,
        Expression expression,
        List<String> waitsFor,
        String file,
        int line) {
    public Rule {
        tags = List.copyOf(tags);
        references = List.copyOf(references);
        falsePositives = List.copyOf(falsePositives);
        fields = List.copyOf(fields);
        waitsFor = List.copyOf(waitsFor);
    }

    /// The same rule, asking this besides.
    Rule and(Expression more) {
        return new Rule(
                id,
                name,
                title,
                description,
                status,
                level,
                logSource,
                author,
                tags,
                references,
                falsePositives,
                fields,
                new Expression.And(List.of(expression, more)),
                waitsFor,
                file,
                line);
    }
}
