import { useController } from "react-hook-form";
import type { Invitation, Realm, Reference } from "../scim/resources.ts";
import { FieldError, FormBoxes, FormField } from "../ui/form.tsx";
import form from "../ui/form.module.css";
import { grantableRoles } from "../users/roles.ts";
import { TeamsPicker } from "../users/teams-picker.tsx";

/** What is entered of an invitation, whomever it is for. */
export interface InvitationValues {
  readonly name: string;
  readonly description: string;
  /** As a date field has it; empty: never. */
  readonly expires: string;
  readonly quota: string;
  readonly roles: readonly string[];
  readonly teams: readonly Pick<Reference, "value" | "display">[];
}

/** Where the fields have other names than the attributes. */
export const ATTRIBUTES = { expires: ["expiresAt"] };

const pad = (number: number) => String(number).padStart(2, "0");

/** The day, in the person's zone. */
function dayOf(time: string): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

export const valuesOf = (invitation: Partial<Invitation>): InvitationValues => ({
  name: invitation.name ?? "",
  description: invitation.description ?? "",
  expires: invitation.expiresAt === undefined ? "" : dayOf(invitation.expiresAt),
  quota: invitation.quota === undefined ? "" : String(invitation.quota),
  roles: (invitation.roles ?? []).map(({ value = "" }) => value),
  teams: (invitation.teams ?? []).map(({ value, display }) => ({ value, display })),
});

/** The attributes that are sent; null for what is empty. It is valid until the end of the day in the person's zone. */
export const attributesOf = ({ name, description, expires, quota, roles, teams }: InvitationValues) => ({
  name: name === "" ? null : name,
  description: description === "" ? null : description,
  expiresAt: expires === "" ? null : new Date(`${expires}T23:59:59`).toISOString(),
  quota: quota === "" ? null : Number(quota),
  roles: roles.map((value) => ({ value })),
  teams: teams.map(({ value }) => ({ value })),
});

interface InvitationFieldsProps {
  readonly realm: Realm;
  /** Whose it is; undefined in the provider's realm until one is chosen. */
  readonly organization: string | undefined;
}

export const InvitationFields = ({ realm, organization }: InvitationFieldsProps) => (
  <>
    <FormField<InvitationValues> name="name" label="Name" hint="For administrators." />
    <FormField<InvitationValues> name="description" label="Message" hint="Those who are invited read it." />
    <div className={form.row}>
      <FormField<InvitationValues>
        name="expires"
        label="Valid until"
        type="date"
        hint="Leave it empty for no end date."
      />
      <FormField<InvitationValues>
        name="quota"
        label="How many can accept"
        hint="Empty: any number."
        inputMode="numeric"
        rules={{ pattern: { value: /^\s*\d*\s*$/, message: "Enter a whole number" } }}
      />
    </div>
    {organization !== undefined && <Teams organization={organization} />}
    <FormBoxes<InvitationValues>
      name="roles"
      label="Roles"
      hint="Without one, those who accept become plain members."
      options={grantableRoles(realm, "organization")}
    />
  </>
);

function Teams({ organization }: { readonly organization: string }) {
  const { field, fieldState } = useController<InvitationValues, "teams">({ name: "teams" });
  return (
    <>
      <TeamsPicker
        organization={organization}
        teams={field.value.map(({ value, display = value }) => ({ id: value, name: display }))}
        onChange={(teams) => field.onChange(teams.map(({ id, name }) => ({ value: id, display: name })))}
      />
      <FieldError message={fieldState.error?.message} />
    </>
  );
}
