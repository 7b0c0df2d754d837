import type { Named } from "../lists/named-query.ts";
import { Picker } from "../lists/picker.tsx";
import { all, compare, search } from "../scim/filter.ts";
import { Chosen } from "./chosen.tsx";

interface TeamsPickerProps {
  /** In the provider's realm, whose teams they are. */
  readonly organization: string | undefined;
  readonly teams: readonly Named[];
  readonly onChange: (teams: readonly Named[]) => void;
}

/** Any number of the teams of an organization. */
export const TeamsPicker = ({ organization, teams, onChange }: TeamsPickerProps) => (
  <>
    <Picker
      label="Teams"
      path="Teams"
      hint="Any number; choose one after the other."
      without={teams.map(({ id }) => id)}
      filterOf={(typed) =>
        all(
          search(typed, ["displayName"]),
          organization === undefined ? undefined : compare("organization.value", "eq", organization),
        )
      }
      onPick={(team) => onChange([...teams, team])}
    />
    {teams.map((team) => (
      <Chosen
        key={team.id}
        label="Team"
        picked={team}
        onChange={() => onChange(teams.filter(({ id }) => id !== team.id))}
        action="Remove"
      />
    ))}
  </>
);
