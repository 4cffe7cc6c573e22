package io.carom.detect.sigma;

import org.jspecify.annotations.Nullable;

/// Which logs a rule speaks of: Sigma's `logsource`. Each part is in lower case, or null where the rule
/// leaves it open.
public record LogSource(
        @Nullable String category,
        @Nullable String product,
        @Nullable String service) {
    /// Whether each part that this one names is the other's too, so that what it speaks of holds what the
    /// other does.
    boolean holds(LogSource other) {
        return (category == null || category.equals(other.category))
                && (product == null || product.equals(other.product))
                && (service == null || service.equals(other.service));
    }

    /// `windows/process_creation/-`: product, category, service.
    @Override
    public String toString() {
        return part(product) + '/' + part(category) + '/' + part(service);
    }

    private static String part(@Nullable String part) {
        return part == null ? "-" : part;
    }
}
