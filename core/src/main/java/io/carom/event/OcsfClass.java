package io.carom.event;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An OCSF event class, such as `dns_activity` (4003).
///
/// @param caption "DNS Activity", as `class_name` says
/// @param categoryCaption "Network Activity", as `category_name` says; empty for the base event
/// @param attributes by name, in alphabetical order, with those that profiles bring
/// @param profiles the profiles an event of the class may name
/// @param deprecatedSince the version that advised against it, or null
public record OcsfClass(
        int uid,
        String name,
        String caption,
        int categoryUid,
        String categoryCaption,
        Map<String, OcsfAttribute> attributes,
        List<OcsfConstraint> constraints,
        List<String> profiles,
        @Nullable String deprecatedSince) {

    /// The `type_uid` of an activity: `class_uid * 100 + activity_id`.
    public long typeUid(int activityId) {
        return uid * 100L + activityId;
    }

    /// The `type_name` of an activity, such as "DNS Activity: Query", or null where the class has no such
    /// activity.
    public @Nullable String typeName(int activityId) {
        OcsfAttribute type = attributes.get("type_uid");
        return type == null || type.values() == null ? null : type.values().caption(typeUid(activityId));
    }

    /// The `activity_name` of an activity, or null where the class has no such activity.
    public @Nullable String activityName(int activityId) {
        OcsfAttribute activity = attributes.get("activity_id");
        return activity == null || activity.values() == null
                ? null
                : activity.values().caption(activityId);
    }
}
