import { TEAM } from "../scim/resources.ts";
import { FormBoxes, FormField } from "../ui/form.tsx";
import { nameOfRole } from "../users/user-names.ts";

/** What is entered of a team. */
export interface TeamValues {
  readonly displayName: string;
  readonly description: string;
  readonly roles: readonly string[];
}

/** What is sent: what was left empty is left out. */
export const resourceOf = ({ displayName, description, roles }: TeamValues) => ({
  schemas: [TEAM],
  displayName,
  ...(description !== "" && { description }),
  ...(roles.length > 0 && { roles: roles.map((value) => ({ value })) }),
});

const ROLES = ["organization-admin", "organization-billing-manager"].map((value) => ({
  value,
  label: nameOfRole(value),
}));

interface TeamFieldsProps {
  readonly mayRename: boolean;
  readonly mayGiveRoles: boolean;
}

export const TeamFields = ({ mayRename, mayGiveRoles }: TeamFieldsProps) => (
  <>
    {mayRename && <FormField<TeamValues> name="displayName" label="Name" isRequired autoFocus />}
    <FormField<TeamValues> name="description" label="Description" autoFocus={!mayRename} />
    {mayGiveRoles && (
      <FormBoxes<TeamValues>
        name="roles"
        label="Roles that it gives"
        hint="Each member has them in the organization, as long as they are in the team."
        options={ROLES}
      />
    )}
  </>
);
