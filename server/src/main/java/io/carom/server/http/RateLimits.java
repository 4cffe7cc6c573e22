package io.carom.server.http;

import java.util.EnumMap;
import java.util.Map;

/// How many requests one who asks may make. A minute's worth may come at once.
///
/// @param people a minute, by account; what is not in it is not limited
/// @param strangers a minute, by address, for whoever is not signed in
public record RateLimits(Map<Cost, Integer> people, Map<Cost, Integer> strangers) {
    /// Far above what 24 open pages that follow each second, or a poller that takes a collection of ten
    /// million objects page by page, come to.
    public static final RateLimits USUAL = new RateLimits(
            Map.of(Cost.STATIC, 6_000, Cost.READ, 3_000, Cost.FEED, 12_000, Cost.CHANGE, 600, Cost.COSTLY, 240),
            Map.of(Cost.STATIC, 6_000, Cost.READ, 1_200, Cost.CHANGE, 120, Cost.COSTLY, 120));

    /// For measuring.
    public static final RateLimits NONE = new RateLimits(Map.of(), Map.of());

    public RateLimits {
        people = copy(people);
        strangers = copy(strangers);
    }

    private static Map<Cost, Integer> copy(Map<Cost, Integer> of) {
        Map<Cost, Integer> copy = new EnumMap<>(Cost.class);
        copy.putAll(of);
        for (Map.Entry<Cost, Integer> one : copy.entrySet()) {
            if (one.getKey() == Cost.FREE || one.getValue() < 1) {
                throw new IllegalArgumentException("a limit is one request a minute or more, of what is counted");
            }
        }
        return java.util.Collections.unmodifiableMap(copy);
    }
}
