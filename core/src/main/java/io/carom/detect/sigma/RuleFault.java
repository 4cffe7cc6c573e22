package io.carom.detect.sigma;

/// What is wrong with a rule file, and where.
///
/// @param line from 1
/// @param column from 1
/// @param fatal whether the rule (or, with a broken file, all of the file) was left out
public record RuleFault(String file, int line, int column, String message, boolean fatal) {
    /// `rules/psexec.yml:14:9: modifier "contian" is unknown. Did you mean "contains"?`
    @Override
    public String toString() {
        return file + ":" + line + ":" + column + ": " + message;
    }
}
