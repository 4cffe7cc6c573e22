package io.carom.detect.behaviour;

import java.util.List;

/// What a supplier link normally does, as {@link PartnerDrift} learned it.
///
/// @param since and `until`: of the activity it was learned from, milliseconds since 1970
/// @param days on which the link was used
/// @param learned whether these are enough to call something new unusual
/// @param targets addresses reached, the most used first, at most {@link #MOST}, as all lists
/// @param hosts names of machines signed in to
/// @param ports `tcp/3389`
/// @param sources networks and machines that its accounts came from
/// @param back what the client's machines opened towards the supplier: address and port
/// @param hours how many days it was used in each hour of the day, 24 numbers
/// @param weekdays the same for each day of the week, Monday first
/// @param zone of hours and days
/// @param bytesIn a day into the client, median; `bytesOut` out of it
/// @param mostOut most bytes that left on a day
/// @param newTargets how many new ones it meets on the day with most of them
public record LinkBaseline(
        String client,
        String link,
        String supplier,
        long since,
        long until,
        int days,
        boolean learned,
        List<Use> targets,
        List<Use> hosts,
        List<Use> ports,
        List<Use> accounts,
        List<Use> sources,
        List<Use> back,
        List<Integer> hours,
        List<Integer> weekdays,
        String zone,
        long bytesIn,
        long bytesOut,
        long mostOut,
        int newTargets) {
    public static final int MOST = 200;

    /// @param days on which it was used
    /// @param last day, as days since 1970
    public record Use(String value, int days, long last) {}

    public LinkBaseline {
        targets = List.copyOf(targets);
        hosts = List.copyOf(hosts);
        ports = List.copyOf(ports);
        accounts = List.copyOf(accounts);
        sources = List.copyOf(sources);
        back = List.copyOf(back);
        hours = List.copyOf(hours);
        weekdays = List.copyOf(weekdays);
    }

    /// An analytic that can say what is normal.
    ///
    /// @param <S> its state
    public interface Teller<S> {
        LinkBaseline baseline(S state, Context context);
    }
}
