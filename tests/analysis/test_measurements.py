"""Measurements: what is read from a text, and what is not."""

from __future__ import annotations

import pytest

from reward_service.analysis.measurements import find_measurements
from reward_service.text.document import Measurement
from reward_service.text.tokenizer import Tokenizer

TOKENIZER = Tokenizer()

# text, then what is read: "quantity value" or "quantity low-high", comparison before the value
READ: list[tuple[str, list[str]]] = [
    ("her heart beats 88 times a minute", ["pulse 88"]),
    ("we count 88 heartbeats a minute", ["pulse 88"]),
    ("he breathes 20 times each minute", ["respiratory_rate 20"]),
    # as doctors type them
    ("Creat 3.4, HCO3 26, K 5.8", ["creatinine 3.4", "bicarbonate 26", "potassium 5.8"]),
    ("Hb12.3, HR120 and Temp39", ["hemoglobin 12.3", "pulse 120", "temperature 39"]),
    ("BP120/80", ["systolic_bp 120", "diastolic_bp 80"]),
    ("Ca 11.8 Mg 1.2", ["calcium 11.8", "magnesium 1.2"]),
    ("T bili 4.5, AST 45", ["bilirubin 4.5", "ast 45"]),
    ("O2 94, then O2 sat 91", ["oxygen_saturation 94", "oxygen_saturation 91"]),
    ("Hb 12.3 Hct 36 WBC 13.2", ["hemoglobin 12.3", "hematocrit 36", "leukocytes 13200"]),
    # temperature
    ("Her temperature is 38.9°C (102°F).", ["temperature 38.9"]),
    ("Temperature 102°F (38.9°C)", ["temperature 38.8889"]),
    ("T 38.9", ["temperature 38.9"]),
    ("temp of 102 F", ["temperature 38.8889"]),
    ("temp. 38 on arrival", ["temperature 38"]),
    ("temperature is 101.3 deg F (38.5 deg C)", ["temperature 38.5"]),
    ("a temperature of 39 degrees Celsius", ["temperature 39"]),
    ("a fever of 39", ["temperature 39"]),
    ("febrile to 39.4 C", ["temperature 39.4"]),
    ("afebrile at 36.8 °C", ["temperature 36.8"]),
    ("Tmax 103", ["temperature 39.4444"]),
    ("the child is warm, 39.2℃ by ear", ["temperature 39.2"]),
    ("a temperature above 38", ["temperature >38"]),
    ("temperature of 38.0 °C or higher", ["temperature >=38"]),
    ("temperature between 38 and 39 °C", ["temperature 38-39"]),
    ("temperature 36.8°C/98.2°F", ["temperature 36.8"]),
    ("Her temperature is normal (37°C).", ["temperature 37"]),
    # blood pressure
    ("BP 82/52 mm Hg", ["systolic_bp 82", "diastolic_bp 52"]),
    ("blood pressure is 120/80", ["systolic_bp 120", "diastolic_bp 80"]),
    ("BP: 160/100", ["systolic_bp 160", "diastolic_bp 100"]),
    ("a pressure of 90/60 mmHg", ["systolic_bp 90", "diastolic_bp 60"]),
    ("blood pressure of 118 over 76", ["systolic_bp 118", "diastolic_bp 76"]),
    ("systolic blood pressure is 86 mm Hg", ["systolic_bp 86"]),
    ("blood pressure greater than 140 mm Hg", ["systolic_bp >140"]),
    ("diastolic pressure of 105 mm Hg", ["diastolic_bp 105"]),
    (
        "BP fell from 120/80 to 84/50",
        ["systolic_bp 120", "diastolic_bp 80", "systolic_bp 84", "diastolic_bp 50"],
    ),
    (
        "BP varies from 130/80 to 120/60 mm Hg",
        ["systolic_bp 130", "diastolic_bp 80", "systolic_bp 120", "diastolic_bp 60"],
    ),
    ("MAP of 55 mm Hg", ["mean_arterial_pressure 55"]),
    # pulse, breathing, saturation
    ("pulse is 110/min", ["pulse 110"]),
    ("HR 110 bpm", ["pulse 110"]),
    ("heart rate of 48 beats per minute", ["pulse 48"]),
    ("tachycardic at 128 bpm", ["pulse 128"]),
    ("pulse is 68, respirations are 12/min", ["pulse 68", "respiratory_rate 12"]),
    ("respirations are 22/min", ["respiratory_rate 22"]),
    ("RR 30", ["respiratory_rate 30"]),
    ("breathing at 28 breaths/min", ["respiratory_rate 28"]),
    ("respiratory rate < 12", ["respiratory_rate <12"]),
    ("oxygen saturation is 88% on room air", ["oxygen_saturation 88"]),
    ("SpO2 of 91 percent", ["oxygen_saturation 91"]),
    ("an 88% oxygen saturation", ["oxygen_saturation 88"]),
    ("oxygen saturation (SpO2) 98%", ["oxygen_saturation 98"]),
    ("satting 85% on 2 L", ["oxygen_saturation 85", "volume 2000"]),
    ("fetal heart rate is 150/min", ["fetal_heart_rate 150"]),
    (
        "T 37.0, HR 72, RR 16, BP 118/74, SpO2 99%",
        ["temperature 37", "pulse 72", "respiratory_rate 16", "systolic_bp 118", "diastolic_bp 74",
         "oxygen_saturation 99"],
    ),
    # blood count
    ("Hb of 7 g/dL", ["hemoglobin 7"]),
    ("hemoglobin concentration is 7.2 g/dL", ["hemoglobin 7.2"]),
    ("haemoglobin 72 g/L", ["hemoglobin 7.2"]),
    ("Hgb 9.4", ["hemoglobin 9.4"]),
    ("a hemoglobin that was found on admission to be 6.5 g/dL", ["hemoglobin 6.5"]),
    ("hemoglobin fell from 13 to 7 g/dL", ["hemoglobin 13", "hemoglobin 7"]),
    ("hematocrit 28%", ["hematocrit 28"]),
    ("leukocytes 15,000/mm3", ["leukocytes 15000"]),
    ("platelet count of 3,75,000/mm³", ["platelets 375000"]),
    ("platelet count of 12,50,000/mm³", ["platelets 1.25e+06"]),
    ("platelets 1,25,00", []),
    ("leucocyte count of 15,000/mm³", ["leukocytes 15000"]),
    ("WBC 15 x 10^9/L", ["leukocytes 15000"]),
    ("WBC 15 × 10⁹/L", ["leukocytes 15000"]),
    ("WBC 15 x 109/L", ["leukocytes 15000"]),
    ("WBC 15 x 10^3/µL", ["leukocytes 15000"]),
    ("WBC 15K/uL", ["leukocytes 15000"]),
    ("WBC count 12", ["leukocytes 12000"]),
    ("white blood cell count of 3,200 cells/µL", ["leukocytes 3200"]),
    ("a leukocyte count of less than 4,000/mm3", ["leukocytes <4000"]),
    ("platelet count is 40,000/mm^3", ["platelets 40000"]),
    ("platelets 90", ["platelets 90000"]),
    ("erythrocyte count 5.5 million/mm3", ["erythrocytes 5.5e+06"]),
    ("mean corpuscular volume is 68 μm3", ["mcv 68"]),
    ("MCV 112 fL", ["mcv 112"]),
    ("mean corpuscular hemoglobin 28 pg", ["mch 28"]),
    ("mean corpuscular hemoglobin concentration is 34%", ["mchc 34"]),
    ("reticulocyte count of 2.0%", ["reticulocyte_share 2"]),
    ("segmented neutrophils 70%", ["neutrophil_share 70"]),
    ("absolute neutrophil count of 400/mm3", ["neutrophils 400"]),
    ("CD4+ lymphocyte count is 80/mm3", ["cd4_count 80"]),
    ("ferritin 8 ng/mL", ["ferritin 8"]),
    ("red cell distribution width of 16.5%", ["rdw 16.5"]),
    # chemistry
    ("Na+ 128 mEq/L", ["sodium 128"]),
    ("serum sodium 128 mmol/L", ["sodium 128"]),
    ("K 5.9", ["potassium 5.9"]),
    ("K+: 2.9 mEq/L", ["potassium 2.9"]),
    ("Cl- 100 mEq/L", ["chloride 100"]),
    ("HCO3- 18 mEq/L", ["bicarbonate 18"]),
    ("calcium 11.9 mg/dL", ["calcium 11.9"]),
    ("calcium of 3.0 mmol/L", ["calcium 12.024"]),
    ("Ca2+ 7.1 mg/dL", ["calcium 7.1"]),
    ("Mg2+: 2.0 mEq/L", ["magnesium 2.431"]),
    ("phosphorus 5.1 mg/dL", ["phosphate 5.1"]),
    ("BUN 45 mg/dL", ["urea_nitrogen 45"]),
    ("creatinine 2.1 mg/dL", ["creatinine 2.1"]),
    ("creatinine of 186 µmol/L", ["creatinine 2.10359"]),
    ("creatinine clearance is 40 mL/min", ["gfr 40"]),
    ("eGFR 25 mL/min/1.73 m2", ["gfr 25"]),
    ("glucose 40 mg/dL", ["glucose 40"]),
    ("glucose 5.5 mmol/L", ["glucose 99.088"]),
    ("blood sugar of 24.1 mmol/L", ["glucose 434.186"]),
    ("HbA1c 9%", ["hemoglobin_a1c 9"]),
    ("hemoglobin A1c: 5.3", ["hemoglobin_a1c 5.3"]),
    ("HbA1c of 75 mmol/mol", ["hemoglobin_a1c 9.01275"]),
    ("arterial pH 7.25", ["ph 7.25"]),
    ("PCO2 16 mm Hg", ["pco2 16"]),
    ("PCO2 24 mm Hg 31 mm Hg", ["pco2 24", "pco2 31"]),
    ("PaO2 of 8.0 kPa", ["po2 60.005"]),
    ("anion gap of 24", ["anion_gap 24"]),
    ("AST 82 U/L", ["ast 82"]),
    ("alanine aminotransferase (ALT): 70 IU/L", ["alt 70"]),
    ("alkaline phosphatase 480 U/L", ["alp 480"]),
    ("bilirubin 3.2", ["bilirubin 3.2"]),
    ("bilirubin of 34 µmol/L", ["bilirubin 1.98831"]),
    ("direct bilirubin 1.8 mg/dL", ["direct_bilirubin 1.8"]),
    ("albumin 28 g/L", ["albumin 2.8"]),
    ("LDH is 900 U/L", ["ldh 900"]),
    ("TSH 12 mIU/L", ["tsh 12"]),
    ("thyroid-stimulating hormone 4.8 μU/mL", ["tsh 4.8"]),
    ("TSH < 0.01 mU/L", ["tsh <0.01"]),
    ("free T4 0.4 ng/dL", ["free_t4 0.4"]),
    ("troponin I of 0.2 ng/mL", ["troponin 0.2"]),
    ("INR 3.8", ["inr 3.8"]),
    ("prothrombin time 22 seconds", ["pt 22"]),
    ("activated partial thromboplastin time (aPTT) of 60 s", ["ptt 60"]),
    ("ESR 80 mm/h", ["esr 80"]),
    ("erythrocyte sedimentation rate of 58 mm/hr", ["esr 58"]),
    ("CRP 12 mg/dL", ["crp 120"]),
    ("LDL-cholesterol 189 mg/dL", ["ldl 189"]),
    ("total cholesterol of 7.0 mmol/L", ["cholesterol 270.69"]),
    ("triglycerides 600 mg/dL", ["triglycerides 600"]),
    ("serum osmolality 328 mOsm/kg", ["osmolality 328"]),
    (
        "Hemoglobin 7 g/dL; Leukocyte count 15,000/mm3; Na+ 128 mEq/L",
        ["hemoglobin 7", "leukocytes 15000", "sodium 128"],
    ),
    (
        "Serum:\nNa+: 137 mEq/L\nK+: 4.3 mEq/L\nGlucose: 97 mg/dL\n",
        ["sodium 137", "potassium 4.3", "glucose 97"],
    ),
    ("Bilirubin\nTotal 1.4 mg/dL\nDirect 0.9 mg/dL", ["bilirubin 1.4", "direct_bilirubin 0.9"]),
    ("potassium 5.9 mEq/L (normal 3.5-5.0)", ["potassium 5.9"]),
    ("ferritin 170 ng/mL (N: 15–150 ng/mL), iron 60", ["ferritin 170", "iron 60"]),
    ("creatine kinase: 223 U/L (reference range 22 to 198 U/L)", ["creatine_kinase 223"]),
    ("LDL 117 mg/dL (normal < 100 mg/dL)", ["ldl 117"]),
    ("ALP 130 U/L (20–70 U/L)", ["alp 130"]),
    # other fluids
    ("Urine sodium is 10 mEq/L.", ["urine_sodium 10"]),
    ("Cerebrospinal fluid shows a glucose of 30 mg/dL.", ["csf_glucose 30"]),
    ("Urine pH is 5.5. Serum sodium is 140 mEq/L.", ["urine_ph 5.5", "sodium 140"]),
    ("night sweats; leukocyte count 12,000/mm3", ["leukocytes 12000"]),
    ("Urinalysis\nSodium 20 mEq/L\nSerum\nSodium 131 mEq/L", ["urine_sodium 20", "sodium 131"]),
    ("He is passing urine and creatinine is 1.2 mg/dL.", ["creatinine 1.2"]),
    ("the ascitic fluid is infected and his creatinine is 1.6 mg/dL", ["creatinine 1.6"]),
    ("fetal bradycardia of 100/min", ["fetal_heart_rate 100"]),
    ("a woman at 34 weeks", ["gestational_age 34"]),
    ("synovial fluid leukocyte count of 60,000/µL", ["synovial_leukocytes 60000"]),
    # body measures
    ("BMI 32", ["bmi 32"]),
    ("body mass index (BMI) is 19 kg/m^2", ["bmi 19"]),
    ("weighs 70 kg (154 lb)", ["weight 70"]),
    ("a 3400-g (7-lb 8-oz) newborn", ["weight 3.4"]),
    ("lost 4 kg (8.8 lb)", ["weight_loss 4"]),
    ("a 10-kg (22-lb) weight loss", ["weight_loss 10"]),
    ("gained 12 pounds", ["weight_gain 5.44311"]),
    ("height is 170 cm (5 ft 7 in)", ["height 170"]),
    ("He is 180 cm (5 ft 11 in) tall", ["height 180"]),
    ("She is 5 ft 4 in tall", ["height 162.56"]),
    ("5'7\" tall", ["height 170.18"]),
    ("60th percentile for height", ["height_percentile 60"]),
    ("weight is at the 30th percentile", ["weight_percentile 30"]),
    ("a 3 cm mass", ["size 3"]),
    ("a 12-mm nodule", ["size 1.2"]),
    ("fundal height of 26 cm", ["fundal_height 26"]),
    # heart, lungs, pressures, scores
    ("ejection fraction of 25%", ["ejection_fraction 25"]),
    ("EF 60%", ["ejection_fraction 60"]),
    ("central venous pressure 14 mm Hg", ["central_venous_pressure 14"]),
    ("opening pressure of 32 cm H2O", ["opening_pressure 320"]),
    ("intraocular pressure of 45 mm Hg", ["intraocular_pressure 45"]),
    ("FEV1/FVC of 60%", ["fev1_fvc 60"]),
    ("GCS 7", ["glasgow_coma_scale 7"]),
    ("Glasgow coma scale score is 9", ["glasgow_coma_scale 9"]),
    ("a GCS of 8/15", ["glasgow_coma_scale 8"]),
    ("rates the pain as 6/10", ["pain_score 6"]),
    ("pain is 8 out of 10", ["pain_score 8"]),
    ("Apgar scores of 5 and 8", ["apgar 5", "apgar 8"]),
    ("strength is 3/5 in the left arm", ["muscle_strength 3"]),
    ("a 3/6 systolic murmur", ["murmur_grade 3"]),
    ("visual acuity is 20/40", ["visual_acuity 40"]),
    ("a T-score of -2.5", ["t_score -2.5"]),
    ("a 40 pack-year smoking history", ["pack_years 40"]),
    # age, time, pregnancy
    ("A 54-year-old man", ["age 54"]),
    ("a 2-month-old boy", ["age 0.166667"]),
    ("a 54 y/o woman", ["age 54"]),
    ("aged 6 months", ["age 0.5"]),
    ("at the age of 14", ["age 14"]),
    ("patients older than 65 years", ["age >65"]),
    ("a fifty-four-year-old man", ["age 54"]),
    ("A 54 year male with 2 years of cough", ["age 54", "duration 730.5"]),
    ("a 33 week primigravida", ["gestational_age 33"]),
    ("a 3-day history of cough", ["duration 3"]),
    ("a three-day history of cough", ["duration 3"]),
    ("for two weeks", ["duration 14"]),
    ("for the past 6 hours", ["duration 0.25"]),
    ("twenty-four hours later", ["duration 1"]),
    ("2–3 days ago", ["duration 2-3"]),
    ("two to three days", ["duration 2-3"]),
    ("for at least 6 months", ["duration >=182.625"]),
    ("for more than 2 weeks", ["duration >14"]),
    ("over 3 days", ["duration 3"]),
    ("every 4 hours", ["interval 0.166667"]),
    ("at 32 weeks' gestation", ["gestational_age 32"]),
    ("at 33 weeks and 4 days of gestation", ["gestational_age 33"]),
    ("20 weeks pregnant", ["gestational_age 20"]),
    ("a gestational age of 38 weeks", ["gestational_age 38"]),
    ("a girl of 17 years", ["age 17"]),
    ("a patient of 3 weeks' standing", ["duration 21"]),
    # so much time has gone by
    ("on her 9th postoperative day", ["duration 9"]),
    ("the 2nd week of the illness", ["duration 14"]),
    ("in the 20th week of gestation", ["gestational_age 20"]),
    ("on hospital day 6 he rose", ["duration 6"]),
    ("POD 4", ["duration 4"]),
    ("15 tablets a day 3 of them at night", []),
    ("a 2nd year student", []),
    # sizes, angles, eyes
    ("a mass of 3 x 4 x 5 cm", ["size 3", "size 4", "size 5"]),
    ("a 2.5*3.5 mm nodule", ["size 0.25", "size 0.35"]),
    ("a 2 by 3 cm ulcer", ["size 2", "size 3"]),
    ("tablets, 3 x 100 mg", ["dose 100"]),
    ("a curve of 35º", ["angle 35"]),
    ("at 90 degrees of flexion", ["angle 90"]),
    ("a fever of 39 degrees", ["temperature 39"]),
    ("a temperature of 101 degrees", ["temperature 38.3333"]),
    ("a myopia of -4 D", ["refraction -4"]),
    ("needs +2.5 dioptres", ["refraction 2.5"]),
    ("vision is 6/60", ["visual_acuity 200"]),
    # doses and volumes
    ("a beam of 50 Gy", ["radiation_dose 50"]),
    ("aspirin 500 mg", ["dose 500"]),
    ("2 g of ceftriaxone", ["dose 2000"]),
    ("levothyroxine 100 mcg daily", ["dose 0.1"]),
    ("0.5 mg/kg of prednisolone", ["dose_per_weight 0.5"]),
    ("10 units of insulin", ["dose_units 10"]),
    ("given 2 L of saline", ["volume 2000"]),
    # blood
    ("HbF of 90% and HbA2 of 3%", ["hemoglobin_f 90", "hemoglobin_a2 3"]),
    ("platelets 1.2 lakh", ["platelets 120000"]),
    ("BP of 150/100 mm of Hg", ["systolic_bp 150", "diastolic_bp 100"]),
    ("he smoked 30 pack years", ["pack_years 30"]),
    # a value of a size that nobody has, said of the quantity
    ("urine of a specific gravity of 2.2", ["specific_gravity 2.2"]),
    ("A hemoglobin of 14 mg/dL", ["hemoglobin 0.014"]),
    ("The glucose came back at 260 g/dL.", ["glucose 260000"]),
    ("Calcium 9.2 mmol/L", ["calcium 36.8736"]),
    ("He is 70 weeks pregnant.", ["gestational_age 70"]),
    # the value first
    ("At 48/min, the respiratory rate deserves a look.", ["respiratory_rate 48"]),
    ("At 22 g/dL, the urea nitrogen stands out.", ["urea_nitrogen 22000"]),
]  # fmt: skip

NOTHING = [
    "type 2 diabetes mellitus",
    "the T4 vertebra",
    "an S1 radiculopathy and a C6 root lesion",
    "disc herniation at L4-L5",
    "HLA-B27 is positive",
    "factor V Leiden, factor 8 deficiency",
    "a study of 100 patients",
    "as shown before [12] and in 2019",
    "1. Aspirin\n2. Sodium\n3. Rest",
    "options: A) 1 B) 2 C) 3",
    "ST elevation in V2–V4 and lead 2",
    "G2P1, gravida 2, para 1",
    "COVID-19 and influenza A H1N1",
    "vitamin K 2 and vitamin B12",
    "an 80% stenosis of the artery",
    "he vomited 3 times and had two episodes",
    "one of the following; one in three smokers",
    "P < 0.05",
    "(normal 3.5-5.0)",
    "t(9;22) translocation",
    "5-fluorouracil and alpha-1 antitrypsin",
    "the 30S ribosomal subunit",
    "a temperature of 382 °C",
    "24-hour urine collection and 5-year survival",
    "version 1.2.3 of the guideline",
]


def measured(text: str) -> list[Measurement]:
    return find_measurements(text, TOKENIZER(text))


def written(m: Measurement) -> str:
    comparison = "" if m.comparison == "=" else m.comparison
    top = "" if m.high == m.value else f"-{m.high:g}"
    return f"{m.quantity} {comparison}{m.value:g}{top}"


@pytest.mark.parametrize(("text", "expected"), READ, ids=[text for text, _ in READ])
def test_reads(text: str, expected: list[str]) -> None:
    assert [written(m) for m in measured(text)] == expected


@pytest.mark.parametrize("text", NOTHING)
def test_reads_nothing(text: str) -> None:
    assert measured(text) == []


def test_span_takes_in_name_and_conversion() -> None:
    text = "Her temperature is 38.9°C (102°F) today."
    (m,) = measured(text)
    assert text[m.start : m.end] == "temperature is 38.9°C (102°F)"
    assert m.unit == "°C"


def test_blood_pressure_spans_do_not_overlap() -> None:
    text = "blood pressure is 82/52 mm Hg"
    assert [text[m.start : m.end] for m in measured(text)] == ["blood pressure is 82", "52 mm Hg"]


def test_reference_range_is_not_in_the_span() -> None:
    text = "Na+ 140 mEq/L (135-145 mEq/L)"
    (m,) = measured(text)
    assert text[m.start : m.end] == "Na+ 140 mEq/L"


def test_token_range_covers_the_characters() -> None:
    text = "On arrival HR:110/min."
    tokens = TOKENIZER(text)
    (m,) = find_measurements(text, tokens)
    assert tokens.starts[m.first] <= m.start
    assert tokens.ends[m.last - 1] >= m.end
