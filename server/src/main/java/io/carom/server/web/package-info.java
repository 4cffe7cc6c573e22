/// The dashboard's pages. They show what the API answers, and nothing else.
@NullMarked
package io.carom.server.web;

import org.jspecify.annotations.NullMarked;
