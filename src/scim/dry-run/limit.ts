/** How many operations a dry run can have: they hold the embedded database's only writer. */
export const MAX_DRY_OPERATIONS = 1000;
