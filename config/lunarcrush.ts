import { z } from 'zod';

/** How LunarCrush is reached. */
export interface LunarCrushConfig {
  url: string;
  apiKey: string;
}

/** Source: lunarcrush/api, README. */
const DEFAULT_URL = 'https://lunarcrush.com/api4';

/** Variables of the environment that say how LunarCrush is reached; without a key it is not asked. */
export const lunarCrushVariables = {
  LUNARCRUSH_API_KEY: z
    .string()
    .regex(/^[\w.-]{8,200}$/, 'is not 8 to 200 letters, digits, dots, - and _')
    .optional(),
  LUNARCRUSH_URL: z
    .string()
    .refine((text) => /^https?:/.test(text) && URL.canParse(text), `is not a URL such as ${DEFAULT_URL}`)
    .optional(),
};

type Read = { [Name in keyof typeof lunarCrushVariables]?: z.output<(typeof lunarCrushVariables)[Name]> };

/** Empty when LunarCrush is not configured. */
export const readLunarCrush = ({ LUNARCRUSH_API_KEY: apiKey, LUNARCRUSH_URL: url }: Read) =>
  apiKey === undefined ? {} : { lunarCrush: { url: url ?? DEFAULT_URL, apiKey } };
