/// The home as somebody sees it: all of it, or what one client may know. Pages and the API ask here and
/// nowhere else, so whoever forgets a check there shows nothing of another's.
@NullMarked
package io.carom.view;

import org.jspecify.annotations.NullMarked;
