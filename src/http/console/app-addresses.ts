/** A realm, and what is in it: `/provider/users`, `/<id of an organization>/users/<id>`. */
const IN_REALM = "(?:provider|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:/[\\w-]{1,100}){0,5}";

/** The paths of the console's app, below `/console`. No other page there begins so. */
export const APP_PATHS = new RegExp(`^/(?:${IN_REALM})?/?$`);

/** An address of the app, below Muster's own. */
export const APP_ADDRESS = new RegExp(`^/console(?:/(?:${IN_REALM})?)?/?(?:\\?[\\w.~%&=+*-]{0,4000})?$`);
