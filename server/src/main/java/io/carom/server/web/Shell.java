package io.carom.server.web;

import io.carom.server.account.Person;
import io.carom.server.account.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What stands around every page.
///
/// @param active the item of the navigation that the page is of; empty for none
/// @param person who looks; null where nobody is signed in
/// @param mail where the private mail network's own page is; null where none is known
public record Shell(
        String title,
        String active,
        @Nullable Person person,
        @Nullable String mail) {
    /// The attribute of a request that says where the mail network's page is.
    public static final String MAIL = "carom.mail";

    /// @param on whether the page that is shown is of it
    public record Item(String href, String label, String icon, boolean on) {}

    private record Place(String icon, String href, String label, String client, Set<Role> roles) {}

    private static final List<Place> PLACES = List.of(
            new Place("now", "/", "Now", "Now", Role.ANYBODY),
            new Place("incidents", "/incidents", "Incidents", "Incidents", Role.ANYBODY),
            new Place("trace", "/trace", "Trace", "Trace", Role.ANYBODY),
            new Place("hunt", "/hunt", "Hunt", "Hunt", Role.ANYBODY),
            new Place("campaigns", "/campaigns", "Campaigns", "", Role.OURS),
            new Place("suppliers", "/suppliers", "Suppliers", "Our suppliers", Role.ANYBODY),
            new Place("clients", "/clients", "Clients", "Our state", Role.ANYBODY),
            new Place("sources", "/sources", "Sources", "Sources", Role.ANYBODY),
            new Place("search", "/search", "Search", "Search", Role.ANYBODY),
            new Place("rules", "/rules", "Rules", "", Role.OURS),
            new Place("intel", "/intel", "Intel", "", Role.OURS),
            new Place("clocks", "/clocks", "Clocks", "Clocks", Role.ANYBODY),
            new Place("audit", "/audit", "Audit", "", Role.AUDITORS),
            new Place("settings", "/settings", "Settings", "Settings", Role.ANYBODY));

    /// Of a part of a page, which has no navigation around it.
    public Shell(String title, String active, @Nullable Person person) {
        this(title, active, person, null);
    }

    static Shell stranger(String title) {
        return new Shell(title, "", null);
    }

    public boolean signedIn() {
        return person != null;
    }

    public String csrf() {
        Person.Session session = person == null ? null : person.session();
        return session == null ? "" : session.csrf();
    }

    public String name() {
        return person == null ? "" : person.name();
    }

    public String role() {
        return person == null ? "" : person.role().label().replace('-', ' ');
    }

    public @Nullable String client() {
        return person == null ? null : person.account().client();
    }

    /// Whether who looks may change incidents.
    public boolean works() {
        return person != null && Role.WORKERS.contains(person.role());
    }

    /// Whether who looks works for all clients.
    public boolean ours() {
        return person != null && Role.OURS.contains(person.role());
    }

    public boolean analyst() {
        return person != null && Role.ANALYSTS.contains(person.role());
    }

    public boolean administrator() {
        return person != null && person.role() == Role.ADMINISTRATOR;
    }

    public List<Item> items() {
        List<Item> items = new ArrayList<>();
        Person who = person;
        if (who != null) {
            for (Place place : PLACES) {
                if (place.roles.contains(who.role())) {
                    items.add(new Item(
                            place.href,
                            who.role().ofClient() ? place.client : place.label,
                            place.icon,
                            place.icon.equals(active)));
                }
            }
        }
        return items;
    }

    public String asset(String name) {
        return Assets.path(name);
    }
}
