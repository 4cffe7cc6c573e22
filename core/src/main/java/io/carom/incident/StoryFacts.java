package io.carom.incident;

import io.carom.incident.FindingsByEntity.Group;
import io.carom.party.Parties;
import io.carom.trace.Trace;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What one story stands on, before it is told.
///
/// @param groups findings, the earliest first
/// @param everybodys what so many have that it says nothing
/// @param traces the readings of how it came in, the likeliest first
/// @param first and `last`: milliseconds since 1970; 0 where no finding has a time
/// @param affected what of the client's the findings are about
/// @param addresses the client's, that the findings name; at most {@link #MAX_ADDRESSES}
/// @param indicators outside values that matched
record StoryFacts(
        String client,
        List<Group> groups,
        Parties parties,
        Set<Entity> everybodys,
        List<Trace> traces,
        long first,
        long last,
        Set<Entity> affected,
        Set<String> addresses,
        Set<String> indicators) {
    static final int MAX_ADDRESSES = 1000;

    static StoryFacts of(
            String client, List<Group> groups, Parties parties, Set<Entity> everybodys, List<Trace> traces) {
        long earliest = Long.MAX_VALUE;
        long latest = Long.MIN_VALUE;
        Set<Entity> affected = new LinkedHashSet<>();
        Set<String> addresses = new TreeSet<>();
        Set<String> indicators = new TreeSet<>();
        for (Group group : groups) {
            if (group.first() != 0) {
                earliest = Math.min(earliest, group.first());
                latest = Math.max(latest, group.last());
            }
            if (group.affected() != null) {
                affected.add(group.affected());
            }
            for (Entity entity : group.entities()) {
                if (entity.kind() == Entity.Kind.INDICATOR && group.byIndicator()) {
                    indicators.add(entity.value());
                }
                boolean about = entity.equals(group.affected()) || !everybodys.contains(entity);
                if (entity.kind() == Entity.Kind.ADDRESS && about && addresses.size() < MAX_ADDRESSES) {
                    addresses.add(entity.value());
                }
            }
        }
        boolean timeless = earliest > latest;
        return new StoryFacts(
                client,
                groups,
                parties,
                everybodys,
                traces,
                timeless ? 0 : earliest,
                timeless ? 0 : latest,
                Collections.unmodifiableSet(affected),
                Collections.unmodifiableSet(addresses),
                Collections.unmodifiableSet(indicators));
    }

    /// Things of a kind that the findings name and that not everybody has.
    List<String> named(Entity.Kind kind) {
        TreeSet<String> out = new TreeSet<>();
        for (Group group : groups) {
            for (Entity entity : group.entities()) {
                if (entity.kind() == kind && !everybodys.contains(entity)) {
                    out.add(entity.value());
                }
            }
        }
        return List.copyOf(out);
    }

    /// The gravest group, of several the first.
    Group gravest() {
        Group out = groups.getFirst();
        for (Group group : groups) {
            out = group.severityId() > out.severityId() ? group : out;
        }
        return out;
    }
}
