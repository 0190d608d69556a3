import { it } from 'vitest';
import { checkRandomKills } from '../support/random-kills.js';

it('random pipelines, edited and killed at random, end as if from scratch', () => checkRandomKills(60));
